using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace HttpWire.Tests;

public sealed class ExchangeSpanTests
{
    private const string Get = "GET /items?id=1 HTTP/1.1\r\nHost: shop:8080\r\n\r\n";

    [Fact]
    public void WriteServer_Exchange_SetsWhatWasSent()
    {
        string span = Write(server: true, "POST /items?id=1 HTTP/1.1\r\nHost: shop:8080\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");

        Assert.Equal("""
            Server http.server 'POST' Unset
            client.address = '192.0.2.1'
            http.request.body.size = 5
            http.request.method = 'POST'
            http.response.body.size = 3
            http.response.status_code = 200
            network.peer.address = '192.0.2.1'
            network.peer.port = 40000
            network.protocol.version = '1.1'
            server.address = 'shop'
            server.port = 8080
            url.path = '/items'
            url.scheme = 'http'
            """, span);
    }

    [Fact]
    public void WriteClient_Exchange_SetsWhatWasSent()
    {
        string span = Write(server: false, Get, "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n");

        Assert.Equal("""
            Client http.client 'GET' Error
            error.type = '404'
            http.request.body.size = 0
            http.request.method = 'GET'
            http.response.status_code = 404
            network.peer.address = '192.0.2.1'
            network.peer.port = 40000
            network.protocol.version = '1.1'
            server.address = 'shop'
            server.port = 8080
            url.full = 'http://shop:8080/items'
            """, span);
    }

    [Theory]
    [InlineData("GET /a HTTP/1.0\r\n\r\n", "url.full = 'http://192.0.2.1:40000/a'")]
    [InlineData("GET http://u:p@shop/a?b HTTP/1.1\r\nHost: shop\r\n\r\n", "url.full = 'http://shop/a'")]
    [InlineData("GET /a\u00e9 HTTP/1.1\r\nHost: shop\r\n\r\n", "url.full = 'http://shop/a%E9'")]
    [InlineData("CONNECT shop:443 HTTP/1.1\r\nHost: shop:443\r\n\r\n", "url.full = 'http://shop:443'")]
    public void WriteClient_Target_BecomesAUrl(string request, string expected) =>
        Assert.Contains(expected, Write(server: false, request, "HTTP/1.1 200 OK\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public void WriteServer_NoHost_IsTheLocalEnd()
    {
        string span = Write(server: true, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 500 No\r\n\r\n");

        Assert.Contains("server.address = '::1'", span, StringComparison.Ordinal);
        Assert.Contains("server.port = 80", span, StringComparison.Ordinal);
        Assert.Contains("error.type = '500'", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_BodyUntilClose_IsWhatWasCounted()
    {
        const string head = "HTTP/1.0 200 OK\r\n\r\n";

        Assert.Contains("http.response.body.size = 81", Write(server: true, Get, head, head.Length + 81), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_BrokenOffBeforeTheAnswer_HasAnErrorAndNoStatus()
    {
        string span = Write(server: false, Get, "", error: "connection_closed");

        Assert.Contains("Error", span, StringComparison.Ordinal);
        Assert.Contains("error.type = 'connection_closed'", span, StringComparison.Ordinal);
        Assert.DoesNotContain("status_code", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TraceOfTheRequest_CountsUnlessTheRecordHasOne()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c", parent = "b7ad6b7169203331";
        const string request = $"GET / HTTP/1.1\r\nTraceparent: 00-{trace}-{parent}-01\r\n\r\n";
        List<(string, string)> ids = [];

        Write(server: true, request, "HTTP/1.1 200 OK\r\n\r\n", seen: s => ids.Add((s.TraceId.ToString(), s.ParentId.ToString())));
        Write(server: true, request, "HTTP/1.1 200 OK\r\n\r\n", trace: new TraceId(1, 0), seen: s => ids.Add((s.TraceId.ToString(), s.ParentId.ToString())));

        Assert.Equal([(trace, parent), ("01000000000000000000000000000000", "0000000000000000")], ids);
    }

    private static string Write(bool server, string request, string response, long responseBytes = -1, string error = "", TraceId trace = default, Action<Span>? seen = null)
    {
        EventHeader header = new() { TraceId = trace };
        BpfEvent e = new(MemoryMarshal.AsBytes(new ReadOnlySpan<EventHeader>(in header)));
        Assert.True(RequestHead.TryParse(Encoding.Latin1.GetBytes(request), out RequestHead asked));
        Assert.Equal(response.Length > 0, ResponseHead.TryParse(Encoding.Latin1.GetBytes(response), out ResponseHead answered));
        HttpExchange exchange = HttpExchange.Of(asked, answered, responseBytes: responseBytes);
        exchange.Local = new Endpoint(IPAddress.Parse("::1").GetAddressBytes(), 80);
        exchange.Peer = new Endpoint(IPAddress.Parse("::ffff:192.0.2.1").GetAddressBytes(), 40000);
        exchange.Error = Encoding.ASCII.GetBytes(error);
        SpanRecorder spans = new();
        Span span = server ? HttpServerSpan.Write(e, exchange, spans) : HttpClientSpan.Write(e, exchange, spans);
        seen?.Invoke(span);
        span.End();
        return spans.Spans[0];
    }
}

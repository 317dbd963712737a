using Beyla;
using Beyla.Plugins.NetHttp;

namespace NetHttp.Tests;

public class HttpClientSpanTests
{
    [Fact]
    public void Decode_PlainRoundTrip_GivesAllAttributesOfTheConventions()
    {
        string span = Decode(new ClientRecord { Method = "PUT", Path = "/orders/7", RequestSize = 12, ResponseSize = 34 });

        Assert.Equal("""
            Client http.client 'PUT' Unset
            http.request.body.size = 12
            http.request.method = 'PUT'
            http.response.body.size = 34
            http.response.status_code = 200
            network.protocol.version = '1.1'
            server.address = 'example.org'
            server.port = 8080
            url.full = 'http://example.org:8080/orders/7'
            """, span);
    }

    [Fact]
    public void Decode_EmptyMethod_IsGet() =>
        Assert.StartsWith("Client http.client 'GET' Unset", Decode(new ClientRecord { Method = "" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("/a b", false, "/a%20b")]
    [InlineData("/what?no=query", false, "/what%3Fno=query")]
    [InlineData("/100%", false, "/100%25")]
    [InlineData("/ä", false, "/%C3%A4")]
    [InlineData("/a%2Fb!(c)", true, "/a%2Fb!(c)")]
    [InlineData("/a%2Fb c", true, "/a%2Fb%20c")]
    [InlineData("", false, "")]
    public void Decode_Path_IsWrittenAsItGoesOverTheWire(string path, bool raw, string expected)
    {
        ClientRecord record = new() { Path = path, Flags = raw ? HttpEventFlags.RawPath : HttpEventFlags.None };

        Assert.Contains($"url.full = 'http://example.org:8080{expected}'", Attributes(record));
    }

    [Fact]
    public void Decode_LongestUrlWithEveryByteEncoded_Fits()
    {
        ClientRecord record = new() { Host = "h", Path = new string(' ', 400) };

        Assert.Contains($"url.full = 'http://h{string.Concat(Enumerable.Repeat("%20", 400))}'", Attributes(record));
    }

    [Theory]
    [InlineData("http", "example.org", "example.org", 80)]
    [InlineData("https", "example.org", "example.org", 443)]
    [InlineData("https", "example.org:8443", "example.org", 8443)]
    [InlineData("http", "[::1]:81", "::1", 81)]
    public void Decode_Host_GivesServerAddressAndPort(string scheme, string host, string address, int port)
    {
        string[] attributes = Attributes(new ClientRecord { Scheme = scheme, Host = host });

        Assert.Contains($"server.address = '{address}'", attributes);
        Assert.Contains($"server.port = {port}", attributes);
        Assert.Contains($"url.full = '{scheme}://{host}/'", attributes);
    }

    [Theory]
    [InlineData(302, false), InlineData(399, false), InlineData(400, true), InlineData(404, true), InlineData(500, true)]
    public void Decode_StatusFrom400_IsAnErrorOfThatType(ushort status, bool error)
    {
        string span = Decode(new ClientRecord { Status = status });

        Assert.StartsWith($"Client http.client 'GET' {(error ? "Error" : "Unset")}", span, StringComparison.Ordinal);
        Assert.Equal(error, span.Split('\n').Contains($"error.type = '{status}'"));
    }

    [Fact]
    public void Decode_RoundTripWithoutAnswer_IsAnErrorWithoutStatus()
    {
        string span = Decode(new ClientRecord { Status = 0, ResponseSize = -1, Flags = HttpEventFlags.Failed, Protocol = (0, 0) });

        Assert.StartsWith("Client http.client 'GET' Error", span, StringComparison.Ordinal);
        Assert.Contains("error.type = '_OTHER'", span.Split('\n'));
        Assert.DoesNotContain("http.response", span, StringComparison.Ordinal);
        Assert.DoesNotContain("network.protocol", span, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpErrorKind.Timeout, 0, "", "timeout")]
    [InlineData(HttpErrorKind.Name, 0, "", "name_resolution")]
    [InlineData(HttpErrorKind.Errno, 32, "", "connection_reset")]
    [InlineData(HttpErrorKind.Errno, 101, "", "host_unreachable")]
    [InlineData(HttpErrorKind.Errno, 104, "", "connection_reset")]
    [InlineData(HttpErrorKind.Errno, 110, "", "timeout")]
    [InlineData(HttpErrorKind.Errno, 111, "", "connection_refused")]
    [InlineData(HttpErrorKind.Errno, 113, "", "host_unreachable")]
    [InlineData(HttpErrorKind.Errno, 1, "", "_OTHER")]
    [InlineData(HttpErrorKind.Text, 0, "context canceled", "cancelled")]
    [InlineData(HttpErrorKind.Text, 0, "net/http: request canceled whil", "cancelled")]
    [InlineData(HttpErrorKind.Text, 0, "EOF", "connection_closed")]
    [InlineData(HttpErrorKind.Text, 0, "unexpected EOF", "connection_closed")]
    [InlineData(HttpErrorKind.Text, 0, "http: server closed idle connec", "connection_closed")]
    [InlineData(HttpErrorKind.Text, 0, "something else", "_OTHER")]
    [InlineData(HttpErrorKind.Other, 0, "", "_OTHER")]
    public void Decode_RoundTripWithoutAnswer_SaysWhy(object kind, int number, string text, string type) =>
        Assert.Contains($"error.type = '{type}'",
            Attributes(new ClientRecord { Status = 0, Flags = HttpEventFlags.Failed, Error = (HttpErrorKind)kind, ErrorNumber = number, ErrorText = text }));

    [Fact]
    public void Decode_UnknownSizes_AreNotSet() =>
        Assert.DoesNotContain(Attributes(new ClientRecord { RequestSize = -1, ResponseSize = -1 }), a => a.Contains("body.size", StringComparison.Ordinal));

    [Fact]
    public void Decode_AnswerToHead_HasBodySizeZeroWhateverItsContentLength() =>
        Assert.Contains("http.response.body.size = 0", Attributes(new ClientRecord { Method = "HEAD", ResponseSize = 4096 }));

    [Fact]
    public void Decode_Http2_GivesVersion2() =>
        Assert.Contains("network.protocol.version = '2'", Attributes(new ClientRecord { Protocol = (2, 0) }));

    private static string[] Attributes(ClientRecord record) => Decode(record).Split('\n')[1..];

    private static string Decode(ClientRecord record)
    {
        SpanRecorder recorder = new();
        new NetHttpTracer().Decode(new BpfEvent(record.ToBytes()), recorder);
        Assert.Empty(recorder.Drops);
        return Assert.Single(recorder.Spans);
    }
}

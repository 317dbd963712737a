using Beyla.Plugins.HttpFilter;
using Beyla.Validation;

namespace HttpFilter.Tests;

public class HttpFilterTracerTests
{
    private readonly HttpFilterTracer _tracer = new();

    [Fact]
    public void Decode_Server_GivesAllAttributesOfTheConventions() => Assert.Equal("""
        Server http.server 'POST' Unset
        client.address = '192.0.2.7'
        http.request.body.size = 12
        http.request.method = 'POST'
        http.response.body.size = 34
        http.response.status_code = 201
        network.peer.address = '192.0.2.7'
        network.peer.port = 50123
        network.protocol.version = '1.1'
        server.address = 'example.org'
        server.port = 8080
        url.path = '/orders/7'
        url.scheme = 'http'
        """, Span(new() { Head = "POST /orders/7?token=secret HTTP/1.1\r\nhost: example.org:8080\r\n\r\n", RequestSize = 12, ResponseSize = 34, Status = 201 }));

    [Fact]
    public void Decode_Client_GivesAllAttributesOfTheConventions() => Assert.Equal("""
        Client http.client 'GET' Error
        error.type = '404'
        http.request.body.size = 0
        http.request.method = 'GET'
        http.response.body.size = 5
        http.response.status_code = 404
        network.peer.address = '192.0.2.7'
        network.peer.port = 50123
        network.protocol.version = '1.0'
        server.address = 'example.org'
        server.port = 80
        url.full = 'http://example.org/a/b'
        """, Span(new() { Head = "GET /a/b?c HTTP/1.0\r\nHost: example.org\r\n\r\n", Role = ConnectionRole.Client, Status = 404 }));

    [Fact]
    public void Decode_Ipv6_GivesItsText() => Assert.Contains(
        "network.peer.address = '2001:db8::7'",
        Span(new() { Local = new byte[16], Remote = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7] }).Split('\n'));

    [Fact]
    public void Decode_UnknownConnection_LeavesThePeerOut() =>
        Assert.DoesNotContain("network.peer", Span(new() { Local = [], Remote = [] }), StringComparison.Ordinal);

    [Fact]
    public void Decode_Unanswered_IsAnErrorWithoutAStatus()
    {
        string[] span = Span(new() { Status = 0, ResponseSize = -1, Flags = ExchangeFlags.Unanswered }).Split('\n');

        Assert.Contains("error.type = 'connection_closed'", span);
        Assert.DoesNotContain(span, a => a.StartsWith("http.response", StringComparison.Ordinal));
    }

    [Fact]
    public void Decode_Aborted_KeepsTheStatusAndIsAnError()
    {
        string[] span = Span(new() { Flags = ExchangeFlags.Aborted }).Split('\n');

        Assert.Contains("error.type = 'connection_closed'", span);
        Assert.Contains("http.response.status_code = 200", span);
    }

    [Fact]
    public void Decode_SizesUnknown_AreLeftOut() =>
        Assert.DoesNotContain("body.size", Span(new() { RequestSize = -1, ResponseSize = -1 }), StringComparison.Ordinal);

    [Fact]
    public void Decode_Tls_IsHttps() => Assert.Contains("url.scheme = 'https'", Span(new() { Flags = ExchangeFlags.Tls }).Split('\n'));

    [Theory]
    [InlineData("+PONG\r\n")]
    [InlineData("GET key\r\n")]
    [InlineData("GET / HTTP/2.0\r\n\r\n")]
    [InlineData("")]
    public void Decode_NoHttp1Request_IsDroppedWithAReason(string head)
    {
        SpanRecorder recorder = Decode(new ExchangeRecord { Head = head }.ToBytes());

        Assert.Empty(recorder.Spans);
        Assert.Equal(["not-http"], recorder.Drops);
    }

    [Fact]
    public void Decode_LengthBeyondTheRecord_IsDroppedWithAReason() => Assert.Equal(["not-http"], Decode(new ExchangeRecord { RequestLength = 5000 }.ToBytes()).Drops);

    [Fact]
    public void Decode_UnknownKind_IsDroppedWithAReason() => Assert.Equal(["unknown-kind"], Decode(new ExchangeRecord { Kind = 99 }.ToBytes()).Drops);

    [Fact]
    public void Decode_RandomAndMutatedHeads_GiveASpanOrADropWithTheStatusOfTheRecord()
    {
        Random random = new(1);
        byte[] head = System.Text.Encoding.Latin1.GetBytes(
            "POST /path?query HTTP/1.1\r\nHost: h:1\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\ntraceparent: 00-11111111111111111111111111111111-2222222222222222-01\r\n\r\n");
        for (int i = 0; i < 10_000; i++)
        {
            byte[] bytes = i % 10 == 0 ? new byte[random.Next(1024)] : [.. head[..random.Next(head.Length + 1)]];
            if (i % 10 == 0) random.NextBytes(bytes);
            for (int changes = random.Next(6); changes > 0 && bytes.Length > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ConnectionRole role = (ConnectionRole)(1 + random.Next(2));

            SpanRecorder recorder = Decode(new ExchangeRecord { RawHead = bytes, Status = 418, Role = role }.ToBytes());

            Assert.Single(recorder.All);
            if (recorder.Spans is [var span]) Assert.Contains("http.response.status_code = 418", span, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Decode_ManyEvents_AllocatesNothing()
    {
        byte[][] records =
        [
            new ExchangeRecord().ToBytes(),
            new ExchangeRecord { Role = ConnectionRole.Client, Status = 503 }.ToBytes(),
            new ExchangeRecord { Status = 0, Flags = ExchangeFlags.Unanswered }.ToBytes(),
            new ExchangeRecord { Head = "BREW /a%20b HTTP/1.1\r\ntraceparent: 00-11111111111111111111111111111111-2222222222222222-01\r\n\r\n" }.ToBytes(),
        ];
        int count = 0;
        Sink sink = new(() => count++);
        void DecodeAll(int times)
        {
            for (int i = 0; i < times; i++)
                foreach (byte[] record in records) _tracer.Decode(new BpfEvent(record), sink);
        }
        DecodeAll(100); // buffers grow, code is compiled

        long before = GC.GetAllocatedBytesForCurrentThread();
        DecodeAll(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1100 * records.Length, count);
    }

    [Fact]
    public void Tables_Alone_AreValid() => Assert.Empty(TracerValidation.Check(_tracer));

    private string Span(ExchangeRecord record) => Assert.Single(Decode(record.ToBytes()).Spans);

    private SpanRecorder Decode(byte[] record)
    {
        SpanRecorder recorder = new();
        _tracer.Decode(new BpfEvent(record), recorder);
        return recorder;
    }

    /// <summary>Takes spans and forgets them without allocating.</summary>
    private sealed class Sink(Action ended) : ISpanWriter
    {
        private readonly Span _span = new(_ => ended());

        public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => _span.Reset(kind, family, e.Header);

        public void Drop(string reason) => throw new InvalidOperationException(reason);
    }
}

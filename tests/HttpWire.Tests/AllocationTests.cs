using System.Net;
using System.Runtime.InteropServices;

namespace HttpWire.Tests;

public sealed class AllocationTests
{
    private readonly SpanSink _sink = new();

    [Fact]
    public void Write_Http1Exchanges_AllocatesNothing()
    {
        byte[] request = "GET /items?id=1 HTTP/1.1\r\nHost: shop:8080\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n"u8.ToArray();
        byte[] response = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"u8.ToArray(), ip = IPAddress.IPv6Loopback.GetAddressBytes();

        long allocated = AllocatedBy(_ =>
        {
            EventHeader header = default;
            BpfEvent e = new(MemoryMarshal.AsBytes(new ReadOnlySpan<EventHeader>(in header)));
            if (!RequestHead.TryParse(request, out RequestHead asked) || !ResponseHead.TryParseFinal(response, out ResponseHead answered, out int _)) return;
            HttpExchange exchange = HttpExchange.Of(asked, answered);
            exchange.Local = new Endpoint(ip, 80);
            exchange.Peer = new Endpoint(ip, 4000);
            HttpServerSpan.Write(e, exchange, _sink).End();
            HttpClientSpan.Write(e, exchange, _sink).End();
        });

        Assert.Equal(0, allocated);
        Assert.True(_sink.Count > 1000);
    }

    [Fact]
    public void Take_Http2Exchanges_AllocatesNothing()
    {
        Http2Connections connections = new();
        // :method GET, :scheme http, :path literal with indexing, :authority; then :status 200 and the end.
        byte[] request = [0, 0, 20, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x44, 3, (byte)'/', (byte)'a', (byte)'b', 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4];
        byte[] response = [0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88];
        request = [.. request, 0xff];
        request[2] = 21;

        long allocated = AllocatedBy(i =>
        {
            uint stream = 2 * (uint)i + 1;
            (request[6], request[7], request[8]) = ((byte)(stream >> 16), (byte)(stream >> 8), (byte)stream);
            (response[6], response[7], response[8]) = ((byte)(stream >> 16), (byte)(stream >> 8), (byte)stream);
            EventHeader header = default;
            BpfEvent e = new(MemoryMarshal.AsBytes(new ReadOnlySpan<EventHeader>(in header)));
            connections.Take(1, Http2Role.Server, new Http2Piece(e, request) { Time = 1 }, _sink);
            connections.Take(1, Http2Role.Server, new Http2Piece(e, response) { Time = 2, Sent = true }, _sink);
        });

        Assert.Equal(0, allocated);
        Assert.True(_sink.Count > 1000);
    }

    private static long AllocatedBy(Action<int> action)
    {
        for (int i = 0; i < 1000; i++) action(i); // buffers grow
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1000; i < 2000; i++) action(i);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

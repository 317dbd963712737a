using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace HttpWire.Tests;

/// <summary>10,000 random and mutated byte streams each: no exception, bounded memory, no status that was never sent.</summary>
public sealed class GarbageProperties
{
    private const int Streams = 10_000;

    private static readonly byte[][] s_http1 =
    [
        .. new[]
        {
            "GET /a?b HTTP/1.1\r\nHost: example.org:80\r\nTraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
            "POST http://u@h/ HTTP/1.0\r\nContent-Length: 5\r\nConnection: a, close\r\n\r\nhello",
            "CONNECT h:443 HTTP/1.1\r\nb3: 0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1-b7ad6b7169203331\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    /// <summary>A connection that ends in trailers, with CONTINUATION, padding, priority, a push and a reset.</summary>
    private static readonly byte[] s_http2 =
    [
        .. FrameReader.Preface, .. Frame(4, 0, 0, ""), .. Frame(1, 0x2c, 1, "02" + "0000000010" + "828684418cf1e3c2e5f23a6ba0ab90f4ff" + "0000"),
        .. Frame(1, 0x01, 3, "8286"), .. Frame(9, 0x04, 3, "84be"), .. Frame(5, 0x04, 1, "00000002" + "828684"), .. Frame(0, 0x09, 1, "01aabb00"),
        .. Frame(3, 0, 3, "00000008"), .. Frame(1, 0x05, 1, "3fe11f" + "88"),
    ];

    [Fact]
    public void Parse_RandomAndMutatedHttp1_GivesOnlyWhatIsThere() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Streams), Prop.ForAll(Streams1().ToArbitrary(), bytes =>
        {
            WriteSpans(bytes);
            if (!ResponseHead.TryParseFinal(bytes, out ResponseHead response, out int offset)) return true;
            string sent = $"HTTP/1.{response.Minor} {response.Status}";
            return Encoding.Latin1.GetString(bytes).Contains(sent, StringComparison.Ordinal) && offset < bytes.Length;
        }));

    [Fact]
    public void Take_RandomAndMutatedHttp2_NeverThrowsAndForgets()
    {
        Listener listener = new(client: false);
        ulong time = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Streams), Prop.ForAll(Streams2().ToArbitrary(), bytes =>
        {
            bool sent = bytes.Length % 3 == 0;
            listener.Take(new Piece(sent, bytes, -1), time++, captured: bytes.Length % 5 == 0 ? bytes.Length / 2 : int.MaxValue);
            if (time % 50 == 0) listener.Close(time);
            return true;
        }));
        Assert.NotEmpty(listener.Spans); // mutated ones get through
    }

    [Fact]
    public void Take_RandomHttp2_HasNoStatusThatWasNotSent()
    {
        Listener listener = new(client: false);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Streams), Prop.ForAll(Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(200).ToArbitrary(), bytes =>
        {
            listener.Take(new Piece(true, [.. FrameReader.Preface, .. Frame(1, 5, 1, "828684")], 0), 1);
            listener.Take(new Piece(false, bytes, 0), 2);
            listener.Close(3);
            return listener.Spans.All(s => s["http.response.status_code"] is null);
        }));
    }

    [Fact]
    public void Take_ConnectionsWithoutEnd_StayBounded()
    {
        Listener listener = new(client: false);
        listener.Take(new Piece(true, [.. FrameReader.Preface], 0), 1);
        long offset = FrameReader.Preface.Length;
        for (uint stream = 1; stream < 100_000; stream += 2)
        {
            byte[] request = Frame(1, 4, stream, "828684");
            listener.Take(new Piece(true, request, offset), 1);
            offset += request.Length;
        }

        // What is not kept is told as dropped: of 50,000 requests that nobody answers just as many wait as may.
        Assert.Equal(50_000 - Http2Connection.MaxStreams, listener.Drops.Count(d => d == "too-many-streams"));
    }

    private static void WriteSpans(byte[] bytes)
    {
        EventHeader header = default;
        BpfEvent e = new(MemoryMarshal.AsBytes(new ReadOnlySpan<EventHeader>(in header)));
        if (!RequestHead.TryParse(bytes, out RequestHead request)) return;
        HttpExchange exchange = HttpExchange.Of(request, default);
        exchange.Propagators = Propagators.W3C | Propagators.B3;
        SpanRecorder spans = new();
        HttpServerSpan.Write(e, exchange, spans).End();
        HttpClientSpan.Write(e, exchange, spans).End();
        Assert.Equal(2, spans.Spans.Count);
    }

    private static Gen<byte[]> Streams1() => Gen.OneOf(Random(), Gen.Elements(s_http1).SelectMany(Mutated));

    private static Gen<byte[]> Streams2() => Gen.OneOf(Random(), Mutated(s_http2), Mutated([.. Frame(4, 0, 0, ""), .. Frame(1, 5, 1, "88")]));

    private static Gen<byte[]> Random() => Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf();

    /// <summary>Some bytes changed, cut anywhere.</summary>
    private static Gen<byte[]> Mutated(byte[] bytes) =>
        from changes in Gen.Choose(0, 4)
        from places in Gen.Choose(0, bytes.Length - 1).ArrayOf(changes)
        from values in Gen.Choose(0, 255).ArrayOf(changes)
        from length in Gen.Choose(bytes.Length / 2, bytes.Length)
        select Change(bytes, places, values)[..length];

    private static byte[] Change(byte[] bytes, int[] places, int[] values)
    {
        byte[] changed = [.. bytes];
        for (int i = 0; i < places.Length; i++) changed[places[i]] = (byte)values[i];
        return changed;
    }

    private static byte[] Frame(byte type, byte flags, uint stream, string payload)
    {
        byte[] bytes = Convert.FromHexString(payload);
        return [0, (byte)(bytes.Length >> 8), (byte)bytes.Length, type, flags, (byte)(stream >> 24), (byte)(stream >> 16), (byte)(stream >> 8), (byte)stream, .. bytes];
    }
}

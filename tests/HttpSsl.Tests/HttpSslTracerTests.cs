using Beyla;
using Beyla.HttpWire;
using Beyla.Plugins.HttpSsl;
using Beyla.Validation;

namespace HttpSsl.Tests;

public class HttpSslTracerTests
{
    private readonly HttpSslTracer _tracer = new();

    [Fact]
    public void Decode_ServedRequest_IsHttpsWithBothEnds()
    {
        string span = Decode(new ExchangeRecord());

        Assert.Contains("url.scheme = 'https'", span, StringComparison.Ordinal);
        Assert.Contains("server.port = 443", span, StringComparison.Ordinal);
        Assert.Contains("network.peer.address = '192.0.2.2'", span, StringComparison.Ordinal);
        Assert.Contains("network.peer.port = 50002", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AskedRequest_IsAClientSpanOfAnHttpsUrl()
    {
        string span = Decode(new ExchangeRecord { Role = ConnectionRole.Client });

        Assert.Contains("url.full = 'https://example.org/'", span, StringComparison.Ordinal);
        Assert.Contains("network.peer.port = 50002", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_SessionWithoutAConnection_HasNoPeer() =>
        Assert.DoesNotContain("network.peer", Decode(new ExchangeRecord { Joined = false }), StringComparison.Ordinal);

    [Fact]
    public void Decode_BytesThatAreNoRequest_AreDroppedWithAReason()
    {
        SpanRecorder recorder = new();
        _tracer.Decode(new BpfEvent(new ExchangeRecord { Request = "\u0016\u0003\u0001\u0002" }.ToBytes()), recorder);

        Assert.Empty(recorder.Spans);
        Assert.Equal(["not-http"], recorder.Drops);
    }

    [Fact]
    public void Decode_UnknownKind_IsDroppedWithAReason()
    {
        byte[] record = new ExchangeRecord().ToBytes();
        record[2] = 99; // EventHeader.Kind

        SpanRecorder recorder = new();
        _tracer.Decode(new BpfEvent(record), recorder);

        Assert.Equal(["unknown-kind"], recorder.Drops);
    }

    [Fact]
    public void Tables_Alone_AreValid() => Assert.Empty(TracerValidation.Check(_tracer));

    [Fact]
    public void Tables_Functions_WithAReturnHaveAnEntry()
    {
        foreach (LibraryProbe probe in _tracer.LibraryProbes.Where(p => p.Position == ProbePosition.Return))
            Assert.Contains(_tracer.LibraryProbes, p => p.Position == ProbePosition.Entry && (p.Library, p.Symbol) == (probe.Library, probe.Symbol));
    }

    private string Decode(ExchangeRecord record)
    {
        SpanRecorder recorder = new();
        _tracer.Decode(new BpfEvent(record.ToBytes()), recorder);
        return Assert.Single(recorder.Spans);
    }
}

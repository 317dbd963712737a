using System.Runtime.InteropServices;
using Beyla.Host.Discovery;
using Beyla.Host.Spans;

namespace Beyla.Host.Tests.Spans;

/// <summary>Event headers, processes and sinks for tests of the span path.</summary>
internal static class SpanRecords
{
    public static TracedProcess Process(uint handle) => new(
        handle, new ProcessInfo(new ProcessId(4711, 1), 1, "/srv/shop", new HashSet<int> { 8080 }), new ServiceIdentity("shop", "test"), "go");

    /// <summary>A record that is a header only.</summary>
    public static byte[] Header(ushort tracer, uint process, ulong start = 1_000_000, ulong end = 3_500_000)
    {
        EventHeader header = new() { Tracer = tracer, Process = process, Start = start, End = end };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<EventHeader>(in header)).ToArray();
    }
}

/// <summary>Counts spans and keeps the ids of the last one.</summary>
internal sealed class CountingSink : ISpanSink
{
    public int Count { get; private set; }
    public TraceId LastTrace { get; private set; }
    public SpanId LastSpan { get; private set; }

    public void Write(Span span, in SpanContext context) => (Count, LastTrace, LastSpan) = (Count + 1, span.TraceId, span.SpanId);

    public void Flush() { }
}

/// <summary>A tracer without probes: one server span per record.</summary>
internal sealed class EchoTracer : ITracer
{
    public string Name => "echo";

    public BpfObjectSource Bpf => throw new NotSupportedException("this tracer has no BPF object");

    public void Decode(in BpfEvent e, ISpanWriter spans) =>
        spans.Begin(SpanKind.Server, SpanFamilies.HttpServer, e)
            .SetName("GET"u8)
            .Set(Attributes.UrlPath, "/orders/17"u8)
            .Set(Attributes.HttpResponseStatusCode, 200)
            .End();
}

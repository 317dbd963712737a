namespace Beyla.Testing;

/// <summary>What a tracer's Decode allocates: nothing, as it runs for each event.</summary>
public static class DecodeAllocations
{
    private const int Warm = 100, Measured = 1000;

    /// <summary>Runs records, each of which gives a span, through a tracer that has seen them before.</summary>
    /// <returns>Allocated bytes, for each record a thousand times.</returns>
    /// <exception cref="InvalidOperationException">A record gave no span, or more than one.</exception>
    public static long Measure(ITracer tracer, IReadOnlyList<byte[]> records)
    {
        ArgumentNullException.ThrowIfNull(tracer);
        ArgumentNullException.ThrowIfNull(records);
        Sink sink = new();
        Decode(tracer, records, sink, Warm); // buffers grow, code is compiled
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode(tracer, records, sink, Measured);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        int wanted = (Warm + Measured) * records.Count;
        return sink.Count == wanted ? allocated : throw new InvalidOperationException($"{wanted} records gave {sink.Count} spans.");
    }

    private static void Decode(ITracer tracer, IReadOnlyList<byte[]> records, Sink sink, int times)
    {
        for (int i = 0; i < times; i++)
            for (int r = 0; r < records.Count; r++)
                tracer.Decode(new BpfEvent(records[r]), sink);
    }

    /// <summary>Takes spans and forgets them without allocating.</summary>
    private sealed class Sink : ISpanWriter
    {
        private readonly Span _span;

        public Sink() => _span = new Span(_ => Count++);

        public int Count { get; private set; }

        public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => _span.Reset(kind, family, e.Header);

        public void Drop(string reason) => throw new InvalidOperationException($"The tracer dropped a record: {reason}.");
    }
}

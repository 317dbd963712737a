using System.Runtime.InteropServices;

namespace Beyla.Host.Spans;

/// <summary>How many spans each tracer made. Fed on the pump's thread, read on any.</summary>
internal sealed class SpanCounts : ISpanSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _counts = [];

    public void Write(Span span, in SpanContext context)
    {
        lock (_gate) CollectionsMarshal.GetValueRefOrAddDefault(_counts, context.Tracer, out _)++;
    }

    public void Flush() { }

    /// <summary>The counts by tracer, now.</summary>
    public IReadOnlyDictionary<string, long> Read()
    {
        lock (_gate) return new Dictionary<string, long>(_counts);
    }
}

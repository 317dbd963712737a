using System.Collections.Concurrent;

namespace Beyla.Host.Spans;

/// <summary>What became of one process' records, by tracer. Fed on the pump's thread, read on any; each number is exact, together they are a moment apart.</summary>
internal sealed class SpanTally
{
    private readonly ConcurrentDictionary<string, TracerTally> _tracers = new(StringComparer.Ordinal);

    /// <summary>Of all tracers that made spans of the process.</summary>
    public IEnumerable<KeyValuePair<string, TracerTally>> Tracers => _tracers;

    /// <summary>The numbers of a tracer.</summary>
    public TracerTally Of(string tracer) => _tracers.GetOrAdd(tracer, static _ => new TracerTally());
}

/// <summary>Spans of one tracer in one process.</summary>
internal sealed class TracerTally
{
    /// <summary>Spans that were built of records.</summary>
    public long Built;

    /// <summary>Left out of traces by a filter or an ignored pattern.</summary>
    public long Filtered;

    /// <summary>Not exported because of the sampler.</summary>
    public long SampledOut;

    /// <summary>Handed to the exporters.</summary>
    public long Exported;
}

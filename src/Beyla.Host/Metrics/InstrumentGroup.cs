using System.Collections.Immutable;
using Beyla.Host.Spans;

namespace Beyla.Host.Metrics;

/// <summary>The value that a span gives to a metric; false when it gives none. Allocates nothing.</summary>
internal delegate bool SpanValue(Span span, in SpanContext context, out double value);

/// <summary>A metric and how spans feed it.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Value">The value of a span.</param>
internal sealed record SpanInstrument(MetricDefinition Metric, SpanValue Value);

/// <summary>Metrics that spans feed: a span finds their series with one look-up.</summary>
/// <param name="attributes">The attributes.</param>
/// <param name="instruments">The metrics.</param>
internal sealed class InstrumentGroup(ImmutableArray<MetricAttribute> attributes, ImmutableArray<SpanInstrument> instruments)
    : MetricGroup([.. attributes.Select(a => a.Key)], [.. instruments.Select(i => i.Metric)])
{
    /// <summary>The metrics and how spans feed them, in the order of the series' points.</summary>
    public ImmutableArray<SpanInstrument> Instruments => instruments;

    /// <summary>Whether a span counts; default: every one does.</summary>
    public Func<Span, bool> Counts { get; init; } = static _ => true;

    /// <summary>Puts the key of a span's series together.</summary>
    public void WriteKey(AttributeSetBuilder set, Span span, in SpanContext context)
    {
        set.Reset();
        foreach (MetricAttribute attribute in attributes) attribute.AddTo(set, span, context);
    }
}

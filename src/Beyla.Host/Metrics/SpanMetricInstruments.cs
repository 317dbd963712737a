using System.Collections.Immutable;
using Beyla.Host.Spans;

namespace Beyla.Host.Metrics;

/// <summary>
/// Metrics of all spans by name, kind and status: with the names of Tempo's metrics generator, which Beyla uses, and with those of the collector's
/// spanmetrics connector.
/// </summary>
internal static class SpanMetricInstruments
{
    /// <summary>Buckets of Beyla's durations.</summary>
    internal static readonly ImmutableArray<double> Durations = [0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private static readonly MetricAttribute Name = new ComputedValue(
        new AttributeKey("span.name"), static (AttributeSetBuilder set, Span span, in SpanContext _) => set.Add(span.Name));

    private static readonly MetricAttribute Kind = new ComputedValue(
        new AttributeKey("span.kind"), static (AttributeSetBuilder set, Span span, in SpanContext _) => set.Add(KindOf(span.Kind)));

    private static readonly MetricAttribute Status = new ComputedValue(
        new AttributeKey("status.code"), static (AttributeSetBuilder set, Span span, in SpanContext _) => set.Add(StatusOf(span.Status)));

    /// <summary>Who made the metric: <c>source="beyla"</c>.</summary>
    internal static readonly MetricAttribute Source = new ComputedValue(
        new AttributeKey("source"), static (AttributeSetBuilder set, Span _, in SpanContext _) => set.Add("beyla"u8));

    /// <summary>The metrics that are switched on.</summary>
    public static IEnumerable<InstrumentGroup> Groups(MetricFeatures features, ImmutableArray<double> boundaries)
    {
        List<SpanInstrument> instruments = [];
        if (features.HasFlag(MetricFeatures.Span))
        {
            instruments.Add(Latency("traces_spanmetrics_latency", boundaries));
            instruments.Add(Counter("traces_spanmetrics_calls_total", "Number of spans.", "", One));
        }
        if (features.HasFlag(MetricFeatures.SpanSizes))
        {
            instruments.Add(Counter("traces_spanmetrics_size_total", "Bytes of request bodies.", "By", Bytes(Attributes.HttpRequestBodySize)));
            instruments.Add(Counter("traces_spanmetrics_response_size_total", "Bytes of response bodies.", "By", Bytes(Attributes.HttpResponseBodySize)));
        }
        if (features.HasFlag(MetricFeatures.SpanOtel))
        {
            instruments.Add(Latency("traces_span_metrics_duration_seconds", boundaries));
            instruments.Add(Counter("traces_span_metrics_calls_total", "Number of spans.", "", One));
        }
        if (instruments.Count > 0) yield return new InstrumentGroup([Name, Kind, Status, Source], [.. instruments]) { Counts = static s => s.Kind != SpanKind.Internal };
    }

    /// <summary>A histogram of durations under a name that is not translated.</summary>
    internal static SpanInstrument Latency(string name, ImmutableArray<double> boundaries) => new(
        new MetricDefinition(name, "Duration of spans.", "s", MetricKind.Histogram, FamilyInstruments.Or(boundaries, Durations)) { IsPrometheusName = true },
        static (Span span, in SpanContext _, out double value) => FamilyInstruments.Duration(span, out value));

    /// <summary>A counter under a name that is not translated.</summary>
    internal static SpanInstrument Counter(string name, string description, string unit, SpanValue value) =>
        new(new MetricDefinition(name, description, unit, MetricKind.Counter) { IsPrometheusName = true }, value);

    /// <summary>Every span counts one.</summary>
    internal static bool One(Span span, in SpanContext context, out double value)
    {
        value = 1;
        return true;
    }

    private static SpanValue Bytes(AttributeKey key) => (Span span, in SpanContext _, out double value) => FamilyInstruments.Number(span, key, out value);

    private static ReadOnlySpan<byte> KindOf(SpanKind kind) => kind switch
    {
        SpanKind.Server => "SPAN_KIND_SERVER"u8,
        SpanKind.Client => "SPAN_KIND_CLIENT"u8,
        SpanKind.Producer => "SPAN_KIND_PRODUCER"u8,
        SpanKind.Consumer => "SPAN_KIND_CONSUMER"u8,
        _ => "SPAN_KIND_INTERNAL"u8,
    };

    private static ReadOnlySpan<byte> StatusOf(SpanStatus status) => status switch
    {
        SpanStatus.Ok => "STATUS_CODE_OK"u8,
        SpanStatus.Error => "STATUS_CODE_ERROR"u8,
        _ => "STATUS_CODE_UNSET"u8,
    };
}

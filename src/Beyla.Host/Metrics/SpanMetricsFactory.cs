using Beyla.Host.Configuration;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Metrics;

/// <summary>Makes the aggregator that the configuration asks for.</summary>
internal static class SpanMetricsFactory
{
    /// <summary>Series of an ended process can be read for at least so long: most scrapers come once a minute or more often.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);

    /// <summary>An aggregator; <see langword="null"/> when nobody reads metrics.</summary>
    public static SpanMetrics? Create(BeylaOptions options, TimeProvider time)
    {
        bool otlp = OtlpEndpoint.Of(options.Grafana.Complete(options.MetricsExport.Otlp, "metrics"), OtlpSignal.Metrics.Path) is not null, prometheus = options.Prometheus.Port != 0;
        if (!otlp && !prometheus) return null;

        MetricsOptions metrics = options.Metrics;
        bool exponential = otlp && options.MetricsExport.Histograms == HistogramAggregation.Exponential;
        HistogramForms forms = new(Explicit: prometheus || !exponential, exponential);
        TimeSpan otlpTtl = otlp ? options.MetricsExport.Ttl : default, prometheusTtl = prometheus ? options.Prometheus.Ttl : default;
        TimeSpan otlpLinger = otlp ? 1.5 * options.MetricsExport.Interval : default;
        MeasurementPlan plan = new()
        {
            Features = metrics.Features,
            NamesOf = metrics.NamesOf,
            AttributesOf = new AttributeSelection(options.AttributesSelect).Apply,
            DurationBoundaries = [.. metrics.DurationBuckets],
            SizeBoundaries = [.. metrics.SizeBuckets],
            ReportTarget = metrics.ReportTarget,
            ReportPeer = metrics.ReportPeer,
        };
        return new SpanMetrics(
            new FamilyInstruments(plan),
            new MetricLimits(
                metrics.CardinalityLimit, otlpTtl > prometheusTtl ? otlpTtl : prometheusTtl, otlpLinger > Linger ? otlpLinger : Linger, forms, metrics.Exemplars),
            time);
    }
}

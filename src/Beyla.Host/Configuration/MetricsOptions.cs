using Beyla.Host.Metrics;

namespace Beyla.Host.Configuration;

/// <summary><c>[metrics]</c> and <c>[compat]</c></summary>
internal sealed class MetricsOptions
{
    /// <summary>Groups of metrics.</summary>
    public MetricFeatures Features { get; init; } = MetricFeatures.Application;

    /// <summary>Most series of a metric in a process; at least 2.</summary>
    public int CardinalityLimit { get; init; } = 2000;

    /// <summary>Which measurements may become exemplars.</summary>
    public ExemplarFilter Exemplars { get; init; } = ExemplarFilter.TraceBased;

    /// <summary>Boundaries of all duration histograms, seconds; empty: each metric's own.</summary>
    public IReadOnlyList<double> DurationBuckets { get; init; } = [];

    /// <summary>Boundaries of all histograms of bytes; empty: each metric's own.</summary>
    public IReadOnlyList<double> SizeBuckets { get; init; } = [];

    /// <summary>Names of all metrics.</summary>
    public MetricNames Names { get; init; } = MetricNames.Current;

    /// <summary>OTEL_SEMCONV_STABILITY_OPT_IN: <c>http</c>, <c>http/dup</c>, <c>rpc</c> …</summary>
    public IReadOnlyList<string> StabilityOptIn { get; init; } = [];

    /// <summary>With Beyla 1's names: the path of a request is a label.</summary>
    public bool ReportTarget { get; init; }

    /// <summary>With Beyla 1's names: the other side's address is a label.</summary>
    public bool ReportPeer { get; init; }

    /// <summary>The names of a family's metrics. An opt-in to both wins over <see cref="Names"/>, as the conventions' migration rule has it.</summary>
    public MetricNames NamesOf(string family)
    {
        string domain = family[..(family.IndexOf('.', StringComparison.Ordinal) is > 0 and int dot ? dot : family.Length)];
        if (domain == "db") domain = "database";
        return StabilityOptIn.Contains($"{domain}/dup") ? MetricNames.Current | MetricNames.BeylaV1 : Names;
    }
}

/// <summary><c>[otel_metrics_export]</c></summary>
internal sealed class MetricsExportOptions
{
    /// <summary>Where and how.</summary>
    public OtlpOptions Otlp { get; init; } = new();

    /// <summary>How often.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time for one request with all its attempts.</summary>
    public TimeSpan ExportTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Which part of time points tell about.</summary>
    public MetricTemporality Temporality { get; init; } = MetricTemporality.Cumulative;

    /// <summary>The form of histograms.</summary>
    public HistogramAggregation Histograms { get; init; } = HistogramAggregation.Explicit;

    /// <summary>A series ends when it was not fed for so long.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Temporality of sums and histograms (OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE).</summary>
internal enum MetricTemporality
{
    /// <summary>Since the series began.</summary>
    Cumulative,

    /// <summary>Since the last collection; sums that can shrink stay cumulative.</summary>
    Delta,

    /// <summary>Since the last collection what spans feed; what is observed is cumulative, so that no earlier value need be kept.</summary>
    LowMemory,
}

/// <summary>The form of histograms (OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION).</summary>
internal enum HistogramAggregation
{
    /// <summary>Buckets with fixed boundaries.</summary>
    Explicit,

    /// <summary>Base-2 exponential buckets.</summary>
    Exponential,
}

/// <summary><c>[prometheus_export]</c>, <c>[internal_metrics.prometheus]</c></summary>
internal sealed class PrometheusOptions
{
    /// <summary>TCP port; 0: off.</summary>
    public int Port { get; init; }

    /// <summary>Address or name of the interface; null: all.</summary>
    public string? Host { get; init; }

    /// <summary>Path of the page.</summary>
    public string Path { get; init; } = "/metrics";

    /// <summary>A series ends when it was not fed for so long.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMinutes(5);
}

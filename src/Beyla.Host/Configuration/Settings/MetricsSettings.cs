using Beyla.Host.Metrics;

namespace Beyla.Host.Configuration.Settings;

/// <summary>Settings of metrics, whoever reads them, and of their export by OTLP.</summary>
internal static class MetricsSettings
{
    private const string Export = "otel_metrics_export";

    private static readonly MetricsOptions Defaults = new();
    private static readonly MetricsExportOptions ExportDefaults = new();

    public static readonly Setting<TimeSpan> Interval = new(new DurationType(), ExportDefaults.Interval)
    {
        Key = $"{Export}.interval",
        Environment = [new("OTEL_METRIC_EXPORT_INTERVAL", KnownSettings.Milliseconds), "BEYLA_METRICS_INTERVAL"],
        Description = "How often metrics are sent.",
    };

    public static readonly Setting<TimeSpan> ExportTimeout = new(new DurationType(), ExportDefaults.ExportTimeout)
    {
        Key = $"{Export}.export_timeout",
        Environment = [new("OTEL_METRIC_EXPORT_TIMEOUT", KnownSettings.Milliseconds)],
        Description = "Longest time for a request with all attempts and pauses.",
    };

    public static readonly Setting<MetricTemporality> Temporality = new(
        new ChoiceType<MetricTemporality>(("cumulative", MetricTemporality.Cumulative), ("delta", MetricTemporality.Delta), ("lowmemory", MetricTemporality.LowMemory)),
        ExportDefaults.Temporality)
    {
        Key = $"{Export}.temporality",
        Environment = ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"],
        Description = "cumulative points tell about the time since a series began, delta ones about the time since the last request; lowmemory: delta, but cumulative for what is observed.",
    };

    public static readonly Setting<HistogramAggregation> Histograms = new(
        new ChoiceType<HistogramAggregation>(
            ("explicit_bucket_histogram", HistogramAggregation.Explicit), ("base2_exponential_bucket_histogram", HistogramAggregation.Exponential)),
        ExportDefaults.Histograms)
    {
        Key = $"{Export}.histogram_aggregation",
        Environment = ["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"],
        Description = "Form of the histograms that are sent.",
    };

    public static readonly Setting<TimeSpan> Ttl = new(new DurationType(), ExportDefaults.Ttl)
    {
        Key = $"{Export}.ttl",
        Environment = ["BEYLA_OTEL_METRICS_TTL"],
        Description = "A series that gets no value for so long ends. With Prometheus, too, the longer of both times holds.",
    };

    public static readonly Setting<bool> ReportTarget = Report(Export, "target", "the path of the request (url.path)", Defaults.ReportTarget);

    public static readonly Setting<bool> ReportPeer = Report(Export, "peer", "the other side's address", Defaults.ReportPeer);

    public static readonly Setting<MetricFeatures> Features = new(new FeaturesType(), Defaults.Features)
    {
        Key = "metrics.features",
        Environment = ["BEYLA_METRICS_FEATURES", "BEYLA_OTEL_METRICS_FEATURES", "BEYLA_PROMETHEUS_FEATURES"],
        Description = "Groups of metrics: application, application_span, application_span_otel, application_span_sizes, application_service_graph, application_process, application_runtime.",
    };

    public static readonly Setting<int> CardinalityLimit = new(new CountType(), Defaults.CardinalityLimit)
    {
        Key = "metrics.cardinality_limit",
        Environment = ["BEYLA_METRICS_CARDINALITY_LIMIT"],
        Description = "Most series of a metric in a process; what has no room is one series with otel.metric.overflow.",
        Check = static limit => limit >= 2 ? null : "there must be room for one series and that of what has no room: 2",
    };

    public static readonly Setting<ExemplarFilter> Exemplars = new(
        new ChoiceType<ExemplarFilter>(("trace_based", ExemplarFilter.TraceBased), ("always_on", ExemplarFilter.AlwaysOn), ("always_off", ExemplarFilter.AlwaysOff)),
        Defaults.Exemplars)
    {
        Key = "metrics.exemplar_filter",
        Environment = ["OTEL_METRICS_EXEMPLAR_FILTER"],
        Description = "Which spans are kept as exemplars of histograms.",
    };

    public static readonly Setting<IReadOnlyList<double>> DurationBuckets = new(new BoundariesType(), Defaults.DurationBuckets)
    {
        Key = "metrics.buckets.duration_histogram",
        Environment = ["BEYLA_METRICS_DURATION_BUCKETS"],
        Description = "Upper boundaries of the buckets of all durations, seconds; else those of each metric.",
    };

    public static readonly Setting<IReadOnlyList<double>> SizeBuckets = new(new BoundariesType(), Defaults.SizeBuckets)
    {
        Key = "metrics.buckets.size_histogram",
        Environment = ["BEYLA_METRICS_SIZE_BUCKETS"],
        Description = "Upper boundaries of the buckets of all body sizes, bytes; else those of each metric.",
    };

    public static readonly Setting<MetricNames> Names = new(
        new ChoiceType<MetricNames>(("current", MetricNames.Current), ("beyla-v1", MetricNames.BeylaV1)), Defaults.Names)
    {
        Key = "compat.metric_names",
        Environment = ["BEYLA_COMPAT_METRIC_NAMES"],
        Description = "beyla-v1: names, labels and buckets of Beyla 1.0 to 1.3 instead of today's.",
    };

    public static readonly Setting<IReadOnlyList<string>> StabilityOptIn = new(new TextsType(), Defaults.StabilityOptIn)
    {
        Key = "compat.semconv_stability_opt_in",
        Environment = ["OTEL_SEMCONV_STABILITY_OPT_IN"],
        Description = "http/dup, rpc/dup and database/dup give the metrics of that kind under Beyla 1's names, too; http, rpc and database under today's, which is the default.",
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Interval, ExportTimeout, Temporality, Histograms, Ttl, ReportTarget, ReportPeer, Features, CardinalityLimit, Exemplars, DurationBuckets, SizeBuckets,
        Names, StabilityOptIn,
    ];

    /// <summary>A label of Beyla 1's metrics that can be switched on in the table of each exporter.</summary>
    internal static Setting<bool> Report(string table, string what, string meaning, bool defaultValue) => new(new BooleanType(), defaultValue)
    {
        Key = $"{table}.report_{what}",
        Environment = [$"BEYLA_METRICS_REPORT_{what.ToUpperInvariant()}"],
        Description = $"With the names of Beyla 1: {meaning} is a label.",
    };
}

namespace Beyla.Host.Metrics;

/// <summary>Groups of metrics that a user can switch on (<c>[metrics] features</c>).</summary>
[Flags]
internal enum MetricFeatures
{
    None = 0,

    /// <summary>The metrics of the span families: <c>http.server.request.duration</c> …</summary>
    Application = 1,

    /// <summary><c>traces_spanmetrics_*</c>, as Tempo and Grafana name them.</summary>
    Span = 2,

    /// <summary><c>traces_span_metrics_*</c>, as the collector's connector names them.</summary>
    SpanOtel = 4,

    /// <summary>Sums of body sizes beside <see cref="Span"/>.</summary>
    SpanSizes = 8,

    /// <summary><c>traces_service_graph_*</c>.</summary>
    ServiceGraph = 16,

    /// <summary><c>process.*</c>: what the kernel knows of the traced processes.</summary>
    Process = 32,

    /// <summary><c>go.*</c>: what the runtimes of the traced processes know of themselves.</summary>
    Runtime = 64,
}

/// <summary>Which names a domain's metrics have.</summary>
[Flags]
internal enum MetricNames
{
    /// <summary>Those of today's semantic conventions.</summary>
    Current = 1,

    /// <summary>Those of Beyla 1.0 to 1.3.</summary>
    BeylaV1 = 2,
}

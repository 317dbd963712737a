using System.Collections.Immutable;

namespace Beyla.Host.Metrics;

/// <summary>What a metric's points are.</summary>
internal enum MetricKind
{
    /// <summary>A distribution.</summary>
    Histogram,

    /// <summary>A sum of whole numbers that only grows.</summary>
    Counter,
}

/// <summary>Identity of a metric stream (OpenTelemetry metrics data model).</summary>
/// <param name="Name">OpenTelemetry name: <c>http.server.request.duration</c>.</param>
/// <param name="Description">One sentence for humans.</param>
/// <param name="Unit">UCUM unit: <c>s</c>, <c>By</c>; empty: none.</param>
/// <param name="Kind">What its points are.</param>
/// <param name="Boundaries">Upper boundaries of a histogram's buckets, inclusive, ascending.</param>
internal sealed record MetricDefinition(string Name, string Description, string Unit, MetricKind Kind, ImmutableArray<double> Boundaries = default)
{
    /// <summary>Names that others chose for Prometheus are not translated: <c>traces_spanmetrics_latency</c>.</summary>
    public bool IsPrometheusName { get; init; }
}

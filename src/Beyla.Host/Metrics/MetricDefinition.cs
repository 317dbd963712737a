using System.Collections.Immutable;
using Beyla.Host.Metrics.Observed;

namespace Beyla.Host.Metrics;

/// <summary>What a metric's points are.</summary>
internal enum MetricKind
{
    /// <summary>A distribution.</summary>
    Histogram,

    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A sum that can shrink.</summary>
    UpDownCounter,

    /// <summary>A value of its moment.</summary>
    Gauge,
}

/// <summary>Identity of a metric stream (OpenTelemetry metrics data model).</summary>
/// <param name="Name">OpenTelemetry name: <c>http.server.request.duration</c>.</param>
/// <param name="Description">One sentence for humans.</param>
/// <param name="Unit">UCUM unit: <c>s</c>, <c>By</c>; empty: none.</param>
/// <param name="Kind">What its points are.</param>
/// <param name="Boundaries">Upper boundaries of a histogram's buckets, inclusive, ascending.</param>
internal sealed record MetricDefinition(string Name, string Description, string Unit, MetricKind Kind, ImmutableArray<double> Boundaries = default)
{
    /// <summary>Whether its points are <see cref="ObservedPoint"/>s.</summary>
    public bool IsObserved { get; init; }

    /// <summary>Names that others chose for Prometheus are not translated: <c>traces_spanmetrics_latency</c>.</summary>
    public bool IsPrometheusName { get; init; }
}

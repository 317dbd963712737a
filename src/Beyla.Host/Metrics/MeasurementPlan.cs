using System.Collections.Immutable;

namespace Beyla.Host.Metrics;

/// <summary>What a user wants to be measured.</summary>
internal sealed record MeasurementPlan
{
    /// <summary>Groups of metrics.</summary>
    public MetricFeatures Features { get; init; } = MetricFeatures.Application;

    /// <summary>Names of a family's metrics, by the family's name.</summary>
    public Func<string, MetricNames> NamesOf { get; init; } = static _ => MetricNames.Current;

    /// <summary>The attributes of a metric, made from its own.</summary>
    public Func<string, ImmutableArray<AttributeKey>, ImmutableArray<AttributeKey>> AttributesOf { get; init; } = static (_, attributes) => attributes;

    /// <summary>Boundaries of all duration histograms, seconds; empty: those of the families.</summary>
    public ImmutableArray<double> DurationBoundaries { get; init; } = [];

    /// <summary>Boundaries of all histograms of bytes; empty: those of the families.</summary>
    public ImmutableArray<double> SizeBoundaries { get; init; } = [];

    /// <summary>With Beyla 1's names: the path of a request is a label.</summary>
    public bool ReportTarget { get; init; }

    /// <summary>With Beyla 1's names: the other side's address is a label.</summary>
    public bool ReportPeer { get; init; }
}

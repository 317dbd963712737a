using System.Collections.Immutable;

namespace Beyla.Host.Metrics;

/// <summary>Metrics with the same attributes: their points stand together in one series.</summary>
/// <param name="keys">The attributes.</param>
/// <param name="metrics">The metrics.</param>
internal class MetricGroup(ImmutableArray<AttributeKey> keys, ImmutableArray<MetricDefinition> metrics)
{
    /// <summary>The attributes, in the order of the series' keys.</summary>
    public ImmutableArray<AttributeKey> Keys => keys;

    /// <summary>The metrics, in the order of the series' points.</summary>
    public ImmutableArray<MetricDefinition> Metrics => metrics;
}

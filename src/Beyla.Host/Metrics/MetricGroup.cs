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

    /// <summary>Whether the other one has the same metrics with the same attributes.</summary>
    public bool IsLike(MetricGroup other) =>
        keys.Select(k => k.Name).SequenceEqual(other.Keys.Select(k => k.Name)) && metrics.Select(m => m.Name).SequenceEqual(other.Metrics.Select(m => m.Name));
}

using System.Text;
using Beyla.Host.Spans;

namespace Beyla.Host.Metrics.Observed;

/// <summary>Hands the values of one observer of one process on to the aggregator.</summary>
/// <param name="metrics">The aggregator.</param>
/// <param name="process">The process.</param>
/// <param name="instruments">The observer's metrics.</param>
/// <param name="origin">When the sums were zero, and whether delta temporality begins there.</param>
internal sealed class ObservedValues(SpanMetrics metrics, TracedProcess process, ObserverInstruments instruments, Observation origin) : IObservedValues
{
    private readonly AttributeSetBuilder _key = new(64);

    public void Set(ObservedMetric metric, long value, params ReadOnlySpan<string?> attributes) =>
        Set(metric, origin with { IsWhole = true, Whole = value }, attributes);

    public void Set(ObservedMetric metric, double value, params ReadOnlySpan<string?> attributes)
    {
        if (double.IsFinite(value)) Set(metric, origin with { Number = value }, attributes);
    }

    private void Set(ObservedMetric metric, in Observation observation, ReadOnlySpan<string?> attributes)
    {
        (MetricGroup group, int index) = instruments.Find(metric);
        if (attributes.Length != group.Keys.Length)
            throw new ArgumentException($"'{metric.Name}' has {group.Keys.Length} attributes, not {attributes.Length}.", nameof(attributes));
        _key.Reset();
        foreach (string? attribute in attributes)
        {
            if (attribute is null) _key.AddAbsent();
            else _key.Add(Encoding.UTF8.GetBytes(attribute));
        }
        metrics.Observe(process, group, index, _key.Written, observation);
    }
}

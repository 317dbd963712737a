using System.Collections.Immutable;

namespace Beyla.Host.Metrics.Observed;

/// <summary>The metrics of one observer, those with the same attributes in one group.</summary>
internal sealed class ObserverInstruments
{
    private readonly Dictionary<ObservedMetric, (MetricGroup Group, int Index)> _places = [];

    /// <param name="metrics">The metrics.</param>
    /// <exception cref="ArgumentException">Two of them are alike.</exception>
    public ObserverInstruments(IReadOnlyList<ObservedMetric> metrics)
    {
        List<MetricGroup> groups = [];
        foreach (IGrouping<string, ObservedMetric> alike in metrics.GroupBy(m => string.Join('\n', m.Attributes.Select(a => a.Name)), StringComparer.Ordinal))
        {
            ObservedMetric[] members = [.. alike];
            MetricGroup group = new(members[0].Attributes, [.. members.Select(Definition)]);
            for (int i = 0; i < members.Length; i++) _places.Add(members[i], (group, i));
            groups.Add(group);
        }
        Groups = [.. groups];
    }

    /// <summary>The groups.</summary>
    public ImmutableArray<MetricGroup> Groups { get; }

    /// <summary>Where a metric stands.</summary>
    /// <exception cref="ArgumentException">The observer did not name it among its metrics.</exception>
    public (MetricGroup Group, int Index) Find(ObservedMetric metric) => _places.TryGetValue(metric, out (MetricGroup, int) place)
        ? place
        : throw new ArgumentException($"'{metric.Name}' is none of its observed metrics.", nameof(metric));

    private static MetricDefinition Definition(ObservedMetric metric) => new(metric.Name, metric.Description, metric.Unit, KindOf(metric.Kind)) { IsObserved = true };

    private static MetricKind KindOf(ObservedKind kind) => kind switch
    {
        ObservedKind.Counter => MetricKind.Counter,
        ObservedKind.UpDownCounter => MetricKind.UpDownCounter,
        _ => MetricKind.Gauge,
    };
}

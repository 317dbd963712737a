using System.Runtime.InteropServices;
using Beyla.Host.Metrics.Observed;

namespace Beyla.Host.Metrics;

/// <summary>The points of one set of attributes, one for each metric of the group.</summary>
/// <param name="attributes">The key of <see cref="AttributeSetBuilder"/>; <see langword="null"/> for the series of all that had no room.</param>
/// <param name="start">When it began, Unix ns.</param>
/// <param name="points">How many metrics the group has.</param>
internal sealed class MetricSeries(byte[]? attributes, ulong start, int points)
{
    /// <summary>Whether it holds what had no room (attribute <c>otel.metric.overflow</c>).</summary>
    public bool IsOverflow => attributes is null;

    /// <summary>The values of its attributes.</summary>
    public ReadOnlySpan<byte> Attributes => attributes;

    /// <summary>When it began, Unix ns.</summary>
    public ulong Start => start;

    /// <summary>When it was last fed, a timestamp of the <see cref="TimeProvider"/>.</summary>
    public long LastFed { get; set; }

    /// <summary>A point for each metric of the group that got a value.</summary>
    public MetricPoint?[] Points { get; } = new MetricPoint?[points];
}

/// <summary>The series of one group of metrics in one process; their number is bounded.</summary>
/// <param name="group">The metrics.</param>
/// <param name="limit">Most series, the one of what had no room included.</param>
/// <param name="forms">Which forms of histograms are kept.</param>
/// <param name="exemplars">Whether exemplars are kept.</param>
internal sealed class SeriesTable(MetricGroup group, int limit, HistogramForms forms, bool exemplars)
{
    private readonly Dictionary<byte[], MetricSeries> _series = new(AttributeSetComparer.Instance);
    private MetricSeries? _overflow;

    /// <summary>The metrics.</summary>
    public MetricGroup Group => group;

    /// <summary>How many series there are.</summary>
    public int Count => _series.Count + (_overflow is null ? 0 : 1);

    /// <summary>Whether something had no room.</summary>
    public bool HasOverflow => _overflow is not null;

    /// <summary>The series of a key; one that has no room goes into the one for all of these.</summary>
    /// <param name="key">The key.</param>
    /// <param name="time">For a new series: when it begins, Unix ns.</param>
    public MetricSeries Get(ReadOnlySpan<byte> key, ulong time)
    {
        Dictionary<byte[], MetricSeries>.AlternateLookup<ReadOnlySpan<byte>> byBytes = _series.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (byBytes.TryGetValue(key, out MetricSeries? known)) return known;
        if (_series.Count >= limit - 1) return _overflow ??= new MetricSeries(null, time, group.Metrics.Length);
        byte[] attributes = key.ToArray();
        MetricSeries made = new(attributes, time, group.Metrics.Length);
        _series.Add(attributes, made);
        return made;
    }

    /// <summary>The point of a metric in a series.</summary>
    public MetricPoint Point(MetricSeries series, int instrument) => series.Points[instrument] ??= Make(group.Metrics[instrument]);

    /// <summary>The point of an observed metric in a series.</summary>
    public static ObservedPoint Observed(MetricSeries series, int metric) => (ObservedPoint)(series.Points[metric] ??= new ObservedPoint());

    /// <summary>Ends series that were last fed before a timestamp.</summary>
    public void Expire(long before)
    {
        if (_overflow is { } overflow && overflow.LastFed < before) _overflow = null;
        foreach ((byte[] key, MetricSeries series) in _series)
            if (series.LastFed < before) _series.Remove(key); // allowed while enumerating
    }

    /// <summary>Enumerates the series without allocating.</summary>
    public Enumerator GetEnumerator() => new(_series.Values.GetEnumerator(), _overflow);

    private MetricPoint Make(MetricDefinition metric) =>
        metric.Kind == MetricKind.Counter ? new CounterPoint() : new HistogramPoint(metric, forms, exemplars);

    /// <summary>All series, the one of what had no room last.</summary>
    /// <param name="series">The others.</param>
    /// <param name="overflow">That one.</param>
    [StructLayout(LayoutKind.Auto)]
    internal struct Enumerator(Dictionary<byte[], MetricSeries>.ValueCollection.Enumerator series, MetricSeries? overflow)
    {
        private Dictionary<byte[], MetricSeries>.ValueCollection.Enumerator _series = series;
        private MetricSeries? _overflow = overflow;

        public MetricSeries Current { get; private set; } = null!;

        public bool MoveNext()
        {
            if (_series.MoveNext())
            {
                Current = _series.Current;
                return true;
            }
            if (_overflow is null) return false;
            (Current, _overflow) = (_overflow, null);
            return true;
        }
    }
}

using Beyla.Host.Spans;

namespace Beyla.Host.Metrics;

/// <summary>All series of one process.</summary>
/// <param name="process">The process.</param>
internal sealed class ProcessSeries(TracedProcess process)
{
    private readonly List<SeriesTable> _tables = [];

    /// <summary>The process.</summary>
    public TracedProcess Process => process;

    /// <summary>Its series, by group. To be read under <see cref="SpanMetrics.Gate"/>.</summary>
    public IReadOnlyList<SeriesTable> Tables => _tables;

    /// <summary>When it ended, a timestamp of the <see cref="TimeProvider"/>; <see langword="null"/>: it runs.</summary>
    public long? Ended { get; set; }

    /// <summary>The series of a group; few groups, so from the front.</summary>
    public SeriesTable? Find(MetricGroup group)
    {
        foreach (SeriesTable table in _tables)
            if (ReferenceEquals(table.Group, group)) return table;
        return null;
    }

    /// <summary>Adds the series of a group.</summary>
    public SeriesTable Add(SeriesTable table)
    {
        _tables.Add(table);
        return table;
    }

    /// <summary>Ends all series of other groups than these.</summary>
    public void Keep(HashSet<MetricGroup> groups) => _tables.RemoveAll(t => !groups.Contains(t.Group));

    /// <summary>Ends series that were last fed before a timestamp.</summary>
    /// <returns>Whether any is left.</returns>
    public bool Expire(long before)
    {
        foreach (SeriesTable table in _tables) table.Expire(before);
        _tables.RemoveAll(static t => t.Count == 0);
        return _tables.Count > 0;
    }
}

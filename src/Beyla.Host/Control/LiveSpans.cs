using System.Text;
using Beyla.Host.Metrics;
using Beyla.Host.Spans;

namespace Beyla.Host.Control;

/// <summary>
/// The spans of now, by service, kind and name, for those who watch. While nobody does, a span costs one comparison; while somebody does, also the
/// text of its name.
/// </summary>
internal sealed class LiveSpans : ISpanSink
{
    private volatile LiveView[] _views = [];
    private readonly Lock _gate = new();

    /// <summary>Begins to watch, until the view is disposed of.</summary>
    public LiveView Watch()
    {
        LiveView view = new(this);
        lock (_gate) _views = [.. _views, view];
        return view;
    }

    public void Write(Span span, in SpanContext context)
    {
        LiveView[] views = _views;
        if (views.Length == 0) return;
        LiveKey key = new(context.Process.Service.Name, span.Kind, Encoding.UTF8.GetString(span.Name));
        foreach (LiveView view in views) view.Add(key, span.EndTime - span.StartTime, span.Status == SpanStatus.Error);
    }

    public void Flush() { }

    internal void Leave(LiveView view)
    {
        lock (_gate) _views = [.. _views.Where(v => v != view)];
    }
}

/// <summary>What a row of <see cref="LiveView"/> is about.</summary>
internal readonly record struct LiveKey(string Service, SpanKind Kind, string Name);

/// <summary>The spans that one watcher has not been told yet.</summary>
internal sealed class LiveView(LiveSpans source) : IDisposable
{
    /// <summary>Names of spans should be few; where they are not, the rest is one row.</summary>
    private const int MostRows = 1000;

    private readonly Lock _gate = new();
    private Dictionary<LiveKey, LiveRow> _rows = [];

    /// <summary>Adds a span.</summary>
    public void Add(LiveKey key, ulong durationNs, bool failed)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(key, out LiveRow? row))
            {
                if (_rows.Count >= MostRows) key = key with { Name = "(other)" };
                if (!_rows.TryGetValue(key, out row)) _rows.Add(key, row = new LiveRow());
            }
            row.Count++;
            if (failed) row.Errors++;
            row.Durations.Record(durationNs);
        }
    }

    /// <summary>The rows since the last time, the busiest first.</summary>
    public IReadOnlyList<TopRow> Take()
    {
        Dictionary<LiveKey, LiveRow> rows;
        lock (_gate) (rows, _rows) = (_rows, []);
        return [.. rows.Select(r => r.Value.Report(r.Key)).OrderByDescending(r => r.Count).ThenBy(r => r.Service, StringComparer.Ordinal).ThenBy(r => r.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => source.Leave(this);

    private sealed class LiveRow
    {
        public long Count, Errors;
        public readonly ExponentialBuckets Durations = new();

        public TopRow Report(LiveKey key) => new(
            key.Service, key.Kind.ToString().ToLowerInvariant(), key.Name, Count, Errors, (long)Quantile(Durations, 0.5), (long)Quantile(Durations, 0.99));
    }

    /// <summary>The upper end of the bucket in which the value of rank <paramref name="q"/> lies.</summary>
    internal static double Quantile(ExponentialBuckets buckets, double q)
    {
        long total = buckets.ZeroCount;
        foreach (long count in buckets.Counts) total += count;
        long rank = Math.Max(1, (long)Math.Ceiling(q * total)), seen = buckets.ZeroCount;
        if (total == 0 || seen >= rank) return 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            seen += buckets.Counts[i];
            if (seen >= rank) return Math.Pow(2, (buckets.Offset + i + 1) * Math.Pow(2, -buckets.Scale));
        }
        return 0;
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Beyla.Host.Metrics.Observed;
using Beyla.Host.Spans;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Metrics;

/// <summary>Bounds and forms of what is kept.</summary>
/// <param name="SeriesLimit">Most series of a metric in a process.</param>
/// <param name="Ttl">A series ends when it was not fed for so long.</param>
/// <param name="Linger">How long the series of an ended process can still be read, so that the last values are seen.</param>
/// <param name="Forms">Which forms of histograms are kept.</param>
/// <param name="Exemplars">Which measurements may become exemplars.</param>
internal sealed record MetricLimits(int SeriesLimit, TimeSpan Ttl, TimeSpan Linger, HistogramForms Forms, ExemplarFilter Exemplars);

/// <summary>
/// The one aggregator: spans become series of histograms and counters, by process and attributes, which every exporter reads. Fed on the pump's
/// thread, with observed values on the readers'; series are touched under <see cref="Gate"/> only, held by a reader for one table at a time.
/// </summary>
internal sealed class SpanMetrics : ISpanSink
{
    /// <summary>How often series are looked through for those that have ended.</summary>
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromSeconds(1);

    private readonly FamilyInstruments _instruments;
    private readonly MetricLimits _limits;
    private readonly TimeProvider _time;
    private readonly AttributeSetBuilder _key = new();
    private readonly Dictionary<uint, ProcessSeries> _processes = [];
    private ImmutableArray<MetricGroup> _observed = [];
    private ProcessSeries? _last;
    private long _now;
    private long _expired;

    /// <param name="instruments">Which metrics there are.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="time">Clock of the expiry.</param>
    public SpanMetrics(FamilyInstruments instruments, MetricLimits limits, TimeProvider time)
    {
        (_instruments, _limits, _time) = (instruments, limits, time);
        _now = _expired = time.GetTimestamp();
    }

    /// <summary>Bounds and forms.</summary>
    public MetricLimits Limits => _limits;

    /// <summary>Held while series are read or fed.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The groups of metrics seen so far: those of spans in the order in which they came, then the observed ones.</summary>
    public IEnumerable<MetricGroup> Groups => _instruments.Known.Concat(_observed);

    /// <summary>A reader is about to read: who knows values that nobody reports looks them up now. Raised on the reader's thread.</summary>
    public event Action? Collecting;

    public void Write(Span span, in SpanContext context)
    {
        ulong time = span.EndTime + (ulong)context.WallOffset;
        lock (Gate)
        {
            InstrumentGroup[] groups = _instruments.Of(span.Family);
            if (groups.Length == 0) return;
            ProcessSeries process = Of(context.Process);
            foreach (InstrumentGroup group in groups)
                if (group.Counts(span)) Feed(process, group, span, context, time);
        }
    }

    /// <summary>Keeps the clock, which is not read for each span, and ends what has ended.</summary>
    public void Flush()
    {
        _now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_expired, _now) < ExpiryInterval) return;
        _expired = _now;
        lock (Gate) Expire();
    }

    /// <summary>The timestamp so long before now.</summary>
    public long Before(TimeSpan time) => Before(time, _time.GetTimestamp());

    /// <summary>Gives the metrics of spans other attributes. Series of metrics that keep theirs go on; the others end, and begin at zero. From any thread.</summary>
    public void Apply(AttributeSelection selection)
    {
        lock (Gate)
        {
            _instruments.Apply(selection);
            HashSet<MetricGroup> known = [.. Groups];
            foreach (ProcessSeries process in _processes.Values) process.Keep(known);
        }
    }

    /// <summary>Marks the end of a process: its series can be read a while longer.</summary>
    public void End(uint process)
    {
        lock (Gate)
            if (_processes.TryGetValue(process, out ProcessSeries? series)) series.Ended ??= _time.GetTimestamp();
    }

    /// <summary>Adds groups of metrics that are observed.</summary>
    public void Add(IEnumerable<MetricGroup> observed) => _observed = _observed.AddRange(observed);

    /// <summary>Takes an observed value.</summary>
    /// <param name="process">The process.</param>
    /// <param name="group">The metric's group, one that was added.</param>
    /// <param name="metric">Index of the metric in the group.</param>
    /// <param name="key">The values of its attributes.</param>
    /// <param name="observation">The value.</param>
    public void Observe(TracedProcess process, MetricGroup group, int metric, ReadOnlySpan<byte> key, in Observation observation)
    {
        lock (Gate)
        {
            SeriesTable table = Table(Of(process), group);
            MetricSeries series = table.Get(key, observation.Start);
            series.LastFed = _time.GetTimestamp();
            ObservedPoint point = SeriesTable.Observed(series, metric);
            bool first = point.Count == 0;
            if (observation.IsWhole) point.Observe(observation.Whole);
            else point.Observe(observation.Number);
            if (first && observation.IsBaseline) point.MarkSent();
        }
    }

    /// <summary>The processes that have series, after values that are observed have been looked up.</summary>
    public ProcessSeries[] Collect()
    {
        Collecting?.Invoke();
        return Processes();
    }

    /// <summary>The processes that have series, now.</summary>
    public ProcessSeries[] Processes()
    {
        lock (Gate) return [.. _processes.Values];
    }

    private void Feed(ProcessSeries process, InstrumentGroup group, Span span, in SpanContext context, ulong time)
    {
        group.WriteKey(_key, span, context);
        SeriesTable table = Table(process, group);
        MetricSeries series = table.Get(_key.Written, time);
        series.LastFed = _now;
        for (int i = 0; i < group.Instruments.Length; i++)
        {
            if (!group.Instruments[i].Value(span, context, out double value) || !double.IsFinite(value)) continue;
            table.Point(series, i).Record(new Measurement(value, time, span.TraceId, span.SpanId, IsExemplar(context)));
        }
    }

    private SeriesTable Table(ProcessSeries process, MetricGroup group) =>
        process.Find(group) ?? process.Add(new SeriesTable(group, _limits.SeriesLimit, _limits.Forms, _limits.Exemplars != ExemplarFilter.AlwaysOff));

    private bool IsExemplar(in SpanContext context) =>
        _limits.Exemplars == ExemplarFilter.AlwaysOn || (_limits.Exemplars == ExemplarFilter.TraceBased && context.Sampled);

    private ProcessSeries Of(TracedProcess process)
    {
        if (_last is { } last && ReferenceEquals(last.Process, process)) return last;
        ref ProcessSeries? series = ref CollectionsMarshal.GetValueRefOrAddDefault(_processes, process.Handle, out _);
        // One that was renamed begins anew: its series belong to another service.
        if (series is null || series.Process.Service != process.Service)
        {
            series = new ProcessSeries(process);
            _instruments.Services.Add(process);
        }
        return _last = series;
    }

    private void Expire()
    {
        long idle = Before(_limits.Ttl, _now), ended = Before(_limits.Linger, _now);
        foreach ((uint handle, ProcessSeries series) in _processes)
        {
            if ((series.Ended is null || series.Ended >= ended) && series.Expire(idle)) continue;
            _processes.Remove(handle); // allowed while enumerating
            _instruments.Services.Remove(series.Process);
            if (ReferenceEquals(_last, series)) _last = null;
        }
    }

    private long Before(TimeSpan time, long now) => now - (long)(time.TotalSeconds * _time.TimestampFrequency);
}

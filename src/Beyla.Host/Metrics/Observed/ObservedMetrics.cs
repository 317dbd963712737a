using Beyla.Host.Attachment;
using Beyla.Host.Discovery;
using Beyla.Host.Spans;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Metrics.Observed;

/// <summary>
/// Lets observers look up the values of all traced processes whenever metrics are collected. A process that exports its own metrics is left alone.
/// An observer's fault costs its observation of that process, and one line.
/// </summary>
internal sealed class ObservedMetrics : IDisposable
{
    /// <summary>Two readers that come at once get the same values.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);

    private readonly SpanMetrics _metrics;
    private readonly TracedProcesses _processes;
    private readonly IReadOnlyList<(string Name, IProcessObserver Observer, ObserverInstruments Instruments)> _observers;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _collecting = new();
    private readonly Dictionary<uint, ObservedTarget> _targets = [];
    private readonly DateTimeOffset _began;
    private long? _last;
    private bool _ended;

    /// <param name="metrics">The aggregator.</param>
    /// <param name="processes">The processes.</param>
    /// <param name="observers">The observers with their names.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">For faults of observers.</param>
    public ObservedMetrics(
        SpanMetrics metrics, TracedProcesses processes, IEnumerable<(string Name, IProcessObserver Observer)> observers, TimeProvider time, ILogger<ObservedMetrics> log)
    {
        (_metrics, _processes, _time, _log) = (metrics, processes, time, log);
        _began = time.GetUtcNow();
        _observers = [.. observers.Where(o => o.Observer.ObservedMetrics.Count > 0).Select(o => (o.Name, o.Observer, new ObserverInstruments(o.Observer.ObservedMetrics)))];
        metrics.Add(_observers.SelectMany(o => o.Instruments.Groups));
        metrics.Collecting += Collect;
    }

    /// <summary>Looks all values up, unless that was done just now.</summary>
    public void Collect()
    {
        lock (_collecting)
        {
            if (_ended || (_last is { } last && _time.GetElapsedTime(last) < Freshness)) return;
            _last = _time.GetTimestamp();
            IReadOnlyDictionary<uint, TracedProcess> running = _processes.Running.Where(p => !p.OwnSignals.HasFlag(Signals.Metrics)).ToDictionary(p => p.Handle);
            foreach ((uint handle, ObservedTarget target) in _targets)
            {
                if (running.ContainsKey(handle)) continue;
                target.Dispose();
                _targets.Remove(handle); // allowed while enumerating
            }
            foreach (TracedProcess process in running.Values) Target(process).Read();
        }
    }

    public void Dispose()
    {
        _metrics.Collecting -= Collect;
        lock (_collecting)
        {
            _ended = true;
            foreach (ObservedTarget target in _targets.Values) target.Dispose();
            _targets.Clear();
        }
    }

    private ObservedTarget Target(TracedProcess process)
    {
        if (_targets.TryGetValue(process.Handle, out ObservedTarget? known))
        {
            if (known.Process == process) return known;
            known.Dispose(); // it was renamed: its series belong to another service
        }
        DateTimeOffset start = BootTime.Of(process.Info.Id, _time);
        ulong unix = (ulong)Math.Max(0, (start - DateTimeOffset.UnixEpoch).Ticks) * TimeSpan.NanosecondsPerTick;
        ObservedTarget target = new(process, _log);
        foreach ((string name, IProcessObserver observer, ObserverInstruments instruments) in _observers)
            target.Add(name, observer, new ObservedValues(_metrics, process, instruments, new Observation(unix, IsBaseline: start < _began)));
        return _targets[process.Handle] = target;
    }
}

using Beyla.Host.Spans;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Metrics.Observed;

/// <summary>One process with all its observations.</summary>
/// <param name="process">The process.</param>
/// <param name="log">For faults of observers.</param>
internal sealed class ObservedTarget(TracedProcess process, ILogger log) : IDisposable
{
    private readonly List<(string Name, IProcessObservation Observation, ObservedValues Values)> _observations = [];

    /// <summary>The process.</summary>
    public TracedProcess Process => process;

    /// <summary>Begins an observation.</summary>
    public void Add(string name, IProcessObserver observer, ObservedValues values)
    {
        Guard(name, () =>
        {
            if (observer.TryObserve(new ObservedProcess(process.Info.Pid, process.Info.ExecutablePath, process.Language)) is { } observation)
                _observations.Add((name, observation, values));
        });
    }

    /// <summary>Looks up all values; an observation that failed, or whose process is gone, ends.</summary>
    public void Read()
    {
        for (int i = _observations.Count - 1; i >= 0; i--)
        {
            (string name, IProcessObservation observation, ObservedValues values) = _observations[i];
            bool goesOn = false;
            Guard(name, () => goesOn = observation.Read(values));
            if (goesOn) continue;
            _observations.RemoveAt(i);
            Guard(name, observation.Dispose);
        }
    }

    public void Dispose()
    {
        foreach ((string name, IProcessObservation observation, _) in _observations) Guard(name, observation.Dispose);
        _observations.Clear();
    }

    /// <summary>Observers belong to plugins, and processes end while they are read.</summary>
    private void Guard(string observer, Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // Whatever an observer throws costs this observation only.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogWarning(
                "{Observer}: pid {Pid} ({Service}) is no longer observed: {Type}: {Fault}", observer, process.Info.Pid, process.Service.Name, e.GetType().Name, e.Message);
        }
    }
}

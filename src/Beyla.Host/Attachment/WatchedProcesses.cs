using Beyla.Ebpf;
using Beyla.Host.Discovery;

namespace Beyla.Host.Attachment;

/// <summary>
/// The processes that tracers watch by kernel hooks and library probes: each is marked for the tracers' programs, and a tracer's hooks are attached
/// while at least one process is. Used by one thread.
/// </summary>
/// <param name="marks">The marks; null where the kernel has no task storage or events of processes (Linux before 5.11, no BTF).</param>
/// <param name="tracers">All tracers.</param>
/// <param name="loader">Loads those that are needed.</param>
/// <param name="propagation">Which headers of requests continue a trace.</param>
internal sealed class WatchedProcesses(TargetMarks? marks, IReadOnlyList<TracerHost> tracers, TracerLoader loader, AttachmentFlags propagation)
{
    private readonly Dictionary<ProcessId, IReadOnlyList<TracerHost>> _watched = [];

    /// <summary>Marks a process for every tracer that watches such ones.</summary>
    /// <param name="process">The process.</param>
    /// <param name="handle">The host's handle of it.</param>
    /// <param name="attached">The groups of Go tracers that are attached to it.</param>
    /// <param name="skipped">Receives one sentence for each tracer that cannot watch it.</param>
    /// <returns>The tracers that do.</returns>
    /// <exception cref="BpfException">It has ended.</exception>
    public IReadOnlyList<TracerHost> Add(ProcessInfo process, uint handle, IReadOnlyCollection<string> attached, Action<string> skipped)
    {
        List<TracerHost> watching = [];
        TracerHost[] wanted = [.. tracers.Where(t => t.State != TracerState.Failed && t.Watches(attached))];
        if (marks is null)
            foreach (TracerHost tracer in wanted) skipped($"{tracer.Name} is off: the kernel does not tell of new processes or has no task storage");
        else foreach (TracerHost tracer in loader.Load(wanted))
        {
            try
            {
                tracer.AcquireHooks();
                watching.Add(tracer);
            }
            catch (BpfException e)
            {
                skipped($"{tracer.Name} is off: {e.Message}");
            }
        }
        _watched[process.Id] = watching;
        if (watching.Count > 0)
            marks!.Set(new TargetMark(handle, process.Pid, watching.Aggregate(0UL, (bits, t) => bits | 1UL << t.Id), propagation));
        return watching;
    }

    /// <summary>Takes the mark off, and the hooks with the last one.</summary>
    public void Remove(ProcessId process)
    {
        if (!_watched.Remove(process, out IReadOnlyList<TracerHost>? watching) || watching.Count == 0) return;
        marks!.Clear(process.Pid);
        foreach (TracerHost tracer in watching) tracer.ReleaseHooks();
    }

    /// <summary>Takes all marks and hooks off.</summary>
    public void Clear()
    {
        foreach (ProcessId process in _watched.Keys.ToList()) Remove(process);
    }
}

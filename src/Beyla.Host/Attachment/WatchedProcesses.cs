using Beyla.Ebpf;
using Beyla.Host.Discovery;

namespace Beyla.Host.Attachment;

/// <summary>
/// The processes that tracers watch by kernel hooks and library probes: each is marked for the tracers' programs, and a tracer's hooks are attached
/// while at least one process is. A tracer that waits for libraries is not loaded before one is found. Used by one thread.
/// </summary>
/// <param name="marks">The marks; null where the kernel has no task storage or events of processes (Linux before 5.11, no BTF).</param>
/// <param name="tracers">All tracers.</param>
/// <param name="loader">Loads those that are needed.</param>
/// <param name="propagation">Which headers of requests continue a trace.</param>
internal sealed class WatchedProcesses(TargetMarks? marks, IReadOnlyList<TracerHost> tracers, TracerLoader loader, AttachmentFlags propagation)
{
    /// <summary>The marked processes, each with the tracers that hold hooks for it.</summary>
    private readonly Dictionary<ProcessId, List<TracerHost>> _watched = [];

    /// <summary>Marks a process for every tracer that watches such ones.</summary>
    /// <param name="process">The process.</param>
    /// <param name="handle">The host's handle of it.</param>
    /// <param name="attached">The groups of Go tracers that are attached to it.</param>
    /// <param name="skipped">Receives one sentence for each tracer that cannot watch it.</param>
    /// <returns>The tracers that do.</returns>
    /// <exception cref="BpfException">It has ended.</exception>
    public IReadOnlyList<TracerHost> Add(ProcessInfo process, uint handle, IReadOnlyCollection<string> attached, Action<string> skipped)
    {
        TracerHost[] wanted = [.. tracers.Where(t => t.State != TracerState.Failed && t.Watches(attached))];
        if (marks is null)
        {
            foreach (TracerHost tracer in wanted) skipped($"{tracer.Name} is off: the kernel does not tell of new processes or has no task storage");
            return [];
        }
        IReadOnlyList<TracerHost> loaded = loader.Load([.. wanted.Where(t => !t.WaitsForLibraries)]);
        List<TracerHost> hooked = [.. loaded.Where(t => TryAcquire(t, skipped))];
        TracerHost[] watching = [.. hooked, .. wanted.Where(t => t.WaitsForLibraries)];
        if (watching.Length == 0) return [];
        _watched[process.Id] = hooked;
        marks.Set(new TargetMark(handle, process.Pid, watching.Aggregate(0UL, (bits, t) => bits | 1UL << t.Id), propagation));
        return watching;
    }

    /// <summary>Makes a tracer that waited for libraries watch a process, now that one was found.</summary>
    /// <returns>Whether it does.</returns>
    public bool Begin(ProcessId process, TracerHost tracer, Action<string> skipped)
    {
        List<TracerHost> hooked = _watched[process];
        if (hooked.Contains(tracer)) return true;
        if (loader.Load([tracer]).Count == 0 || !TryAcquire(tracer, skipped)) return false;
        hooked.Add(tracer);
        return true;
    }

    /// <summary>Takes the mark off, and the hooks with the last one.</summary>
    public void Remove(ProcessId process)
    {
        if (!_watched.Remove(process, out List<TracerHost>? hooked)) return;
        marks!.Clear(process.Pid);
        foreach (TracerHost tracer in hooked) tracer.ReleaseHooks();
    }

    private static bool TryAcquire(TracerHost tracer, Action<string> skipped)
    {
        try
        {
            tracer.AcquireHooks();
            return true;
        }
        catch (BpfException e)
        {
            skipped($"{tracer.Name} is off: {e.Message}");
            return false;
        }
    }

    /// <summary>Takes all marks and hooks off.</summary>
    public void Clear()
    {
        foreach (ProcessId process in _watched.Keys.ToList()) Remove(process);
    }
}

using System.Diagnostics;
using Beyla.Ebpf;
using Beyla.Elf;
using Beyla.Host.Discovery;

namespace Beyla.Host.Attachment;

/// <summary>
/// Puts library probes into processes: into each mapped library that a tracer's table names, and into executables that have such a library linked in.
/// Libraries may be loaded at any time: the dynamic linker tells; for programs with another one, and those that are just starting, processes are looked
/// at again, soon after they appear, then every poll interval. One owner: the attacher.
/// </summary>
/// <param name="inspector">Finds the functions.</param>
/// <param name="front">How uprobes are attached.</param>
/// <param name="linkers">Tells of libraries that are loaded later; null: nothing does.</param>
/// <param name="interval">Time between two looks at a process that runs for long.</param>
internal sealed class LibraryAttachment(LibraryInspector inspector, UprobeFront front, LinkerWatch? linkers, TimeSpan interval)
{
    /// <summary>Programs load most libraries while they start: a server's TLS library is there long before its first request.</summary>
    private static readonly TimeSpan[] EarlyLooks = [.. new[] { 5, 20, 50, 100, 250, 1000 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    private readonly RecentCache<(ExecutableIdentity, string Name), LibraryInspection> _inspections = new();
    private readonly Dictionary<ProcessId, LibraryTarget> _targets = [];
    private readonly PriorityQueue<ProcessId, long> _looks = new();
    private readonly HashSet<ProcessId> _hurried = [];

    /// <summary>Attaches what is mapped by now and plans to look again.</summary>
    /// <param name="process">The process.</param>
    /// <param name="tracers">The tracers that watch it.</param>
    /// <param name="links">Receives the links, also those of later looks.</param>
    /// <param name="begin">Makes a tracer watch the process, before its first group is attached; false: it cannot.</param>
    /// <param name="skipped">Receives one sentence for each group that is not attached though its library is there.</param>
    /// <returns>What was attached.</returns>
    public IReadOnlyList<AttachedLibrary> Add(
        ProcessInfo process, IReadOnlyList<TracerHost> tracers, ProcessLinks links, Func<TracerHost, bool> begin, Action<string> skipped)
    {
        TracerHost[] concerned = [.. tracers.Where(t => t.Tracer is IUprobeSet { LibraryProbes.Count: > 0 })];
        if (concerned.Length == 0) return [];
        LibraryTarget target = new(process, concerned, links, begin, skipped);
        _targets[process.Id] = target;
        return PlannedLook(target);
    }

    /// <summary>Plans to look at a process at once: it has loaded a library.</summary>
    public void LookNow(ProcessId process) => _hurried.Add(process);

    /// <summary>Forgets a process; its links are their owner's.</summary>
    public void Remove(ProcessId process) => _targets.Remove(process);

    /// <summary>Time until the next look is due; null: there is nobody to look at.</summary>
    public TimeSpan? UntilNextLook
    {
        get
        {
            if (!_looks.TryPeek(out _, out long due)) return null;
            long now = Stopwatch.GetTimestamp();
            return due <= now ? TimeSpan.Zero : Stopwatch.GetElapsedTime(now, due);
        }
    }

    /// <summary>Takes the looks that are due.</summary>
    /// <returns>What was attached to which process.</returns>
    public IReadOnlyList<(ProcessInfo Process, AttachedLibrary Library)> LookAgain()
    {
        List<(ProcessInfo, AttachedLibrary)> attached = [];
        long now = Stopwatch.GetTimestamp();
        while (_looks.TryPeek(out _, out long due) && due <= now)
            if (_targets.TryGetValue(_looks.Dequeue(), out LibraryTarget? target))
                attached.AddRange(PlannedLook(target).Select(library => (target.Process, library)));
        foreach (ProcessId process in _hurried)
            if (_targets.TryGetValue(process, out LibraryTarget? target)) attached.AddRange(Look(target).Select(library => (target.Process, library)));
        _hurried.Clear();
        return attached;
    }

    private List<AttachedLibrary> PlannedLook(LibraryTarget target)
    {
        TimeSpan wait = target.Looks < EarlyLooks.Length ? EarlyLooks[target.Looks] : interval;
        target.Looks++;
        _looks.Enqueue(target.Process.Id, Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency));
        return Look(target);
    }

    private List<AttachedLibrary> Look(LibraryTarget target)
    {
        List<AttachedLibrary> attached = [];
        foreach (MappedFile file in MappedFile.Of(target.Process.Pid))
        {
            if (linkers is not null && LinkerWatch.IsLinker(file)) Watch(target, file);
            bool isExecutable = file.Path == target.Process.ExecutablePath;
            if (!isExecutable && !inspector.Concerns(file.Name) || !target.Seen.Add((file.Device, file.Inode))) continue;
            try
            {
                ExecutableIdentity identity = ExecutableIdentity.Read(file.Link, file.Device, file.Inode);
                LibraryInspection inspection = _inspections.Get((identity, file.Name), () => inspector.Inspect(file.Link, file.Path, isExecutable));
                attached.AddRange(target.Attach(file, inspection, front));
            }
            // A library may be anything, or be unloaded meanwhile: it costs this library's telemetry and one line.
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ElfException or StaleExecutableException)
            {
                target.Skipped($"{file.Path} is not probed: {e.Message}");
            }
        }
        return attached;
    }

    private void Watch(LibraryTarget target, MappedFile linker)
    {
        if (!target.Seen.Add((linker.Device, linker.Inode))) return;
        try
        {
            if (linkers!.Attach(target.Process.Pid, linker) is { } link) target.Watch(link);
        }
        // Then its libraries are found by looking every poll interval.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ElfException or StaleExecutableException or BpfException)
        {
            target.Skipped($"libraries that it loads are found late: {e.Message}");
        }
    }
}

/// <summary>A group that was attached to a library of a process.</summary>
/// <param name="Group">Tracer and group: <c>http-ssl/openssl</c>.</param>
/// <param name="Path">The library.</param>
/// <param name="Sites">Number of breakpoints.</param>
internal sealed record AttachedLibrary(string Group, string Path, int Sites);

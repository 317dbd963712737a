using System.Diagnostics.CodeAnalysis;

namespace Beyla.Host.Discovery;

/// <summary>
/// The processes known so far. It compares each new look with what it knows and tells the difference: a pid with another start time is another
/// process; the same process with another image or executable left its program by exec; one more listening port is news, one less is not.
/// </summary>
internal sealed class ProcessTable(Action<ProcessEvent> tell)
{
    private static readonly IReadOnlyDictionary<ulong, int> NoSockets = new Dictionary<ulong, int>();
    private readonly Dictionary<int, KnownProcess> _known = [];

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<KnownProcess> Processes => _known.Values;

    /// <summary>The process that now has this pid, if known.</summary>
    public bool TryGet(int pid, [NotNullWhen(true)] out KnownProcess? process) => _known.TryGetValue(pid, out process);

    /// <summary>Whether the pid is known as the same process in the same program, so that nothing more need be read.</summary>
    public bool IsCurrent(int pid, in ProcStat stat) =>
        _known.TryGetValue(pid, out KnownProcess? known) &&
        known.Info.Id.StartTime == stat.StartTime &&
        (!stat.HasProgram || known.Image == stat.Image);

    /// <summary>Takes in what was seen of one process that runs a program.</summary>
    /// <param name="pid">Its pid.</param>
    /// <param name="stat">Its state.</param>
    /// <param name="executable">Path of its executable.</param>
    /// <param name="sockets">Listening sockets that it holds, port by inode; null: not looked for.</param>
    public void Observe(int pid, in ProcStat stat, string executable, IReadOnlyDictionary<ulong, int>? sockets)
    {
        ProcessId id = new(pid, stat.StartTime);
        if (_known.TryGetValue(pid, out KnownProcess? known))
        {
            // The path alone may change by a rename on disk. Where the kernel hides addresses (stack 0), it is all there is.
            bool same = known.Info.Id == id && known.Image == stat.Image && (stat.Image.Stack != 0 || known.Info.ExecutablePath == executable);
            if (same)
            {
                if (sockets is not null) SetSockets(known, sockets);
                return;
            }
            tell(new ProcessDeleted(known.Info.Id));
        }

        ProcessInfo info = new(id, stat.ParentPid, executable, Ports(sockets ?? NoSockets));
        _known[pid] = new KnownProcess(info, stat.Image) { Sockets = sockets ?? NoSockets };
        tell(new ProcessCreated(info));
    }

    /// <summary>Replaces the listening sockets of a known process. True: at least one is new.</summary>
    public bool SetSockets(KnownProcess process, IReadOnlyDictionary<ulong, int> sockets)
    {
        bool newSocket = sockets.Keys.Any(inode => !process.Sockets.ContainsKey(inode));
        if (!newSocket && sockets.Count == process.Sockets.Count) return false;

        HashSet<int> ports = Ports(sockets);
        bool newPort = !ports.IsSubsetOf(process.Info.OpenPorts);
        process.Sockets = sockets;
        process.Info = process.Info with { OpenPorts = ports };
        if (newPort) tell(new ProcessCreated(process.Info));
        return newSocket;
    }

    /// <summary>Forgets the process with this pid, if known.</summary>
    public void Remove(int pid)
    {
        if (_known.Remove(pid, out KnownProcess? known)) tell(new ProcessDeleted(known.Info.Id));
    }

    /// <summary>Forgets all but these pids.</summary>
    public void Keep(IReadOnlySet<int> pids)
    {
        foreach (int pid in _known.Keys.Where(pid => !pids.Contains(pid)).ToList()) Remove(pid);
    }

    private static HashSet<int> Ports(IReadOnlyDictionary<ulong, int> sockets) => [.. sockets.Values];
}

/// <summary>An entry of <see cref="ProcessTable"/>.</summary>
internal sealed class KnownProcess(ProcessInfo info, ProcessImage image)
{
    /// <summary>As last told.</summary>
    public ProcessInfo Info { get; set; } = info;

    /// <summary>The program in memory.</summary>
    public ProcessImage Image { get; } = image;

    /// <summary>Listening sockets it holds: port by inode.</summary>
    public required IReadOnlyDictionary<ulong, int> Sockets { get; set; }

    /// <summary>Its network namespace, once it was asked for.</summary>
    public string? NetworkNamespace { get; set; }
}

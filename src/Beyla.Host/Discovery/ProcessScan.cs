namespace Beyla.Host.Discovery;

/// <summary>
/// Looks at processes in /proc and brings <see cref="ProcessTable"/> up to date: all of them, or the one that the kernel told about.
/// </summary>
internal sealed class ProcessScan
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(50);
    private const int ReadyAttempts = 9, PortAttempts = 7; // doubled delays: 2.5 s, 64 ms in all; then the poll goes on

    private readonly ProcessTable _table;
    private readonly Action<ProcessEvent> _tell;
    private readonly IPortScan _ports;
    private readonly Rechecks _rechecks;
    private readonly HashSet<int> _forked = []; // that have not run a program of their own yet

    /// <summary>A scan that tells changes to <paramref name="tell"/> and plans further looks in <paramref name="rechecks"/>.</summary>
    public ProcessScan(Action<ProcessEvent> tell, IPortScan ports, Rechecks rechecks)
    {
        _table = new ProcessTable(tell);
        _tell = tell;
        _ports = ports;
        _rechecks = rechecks;
    }

    /// <summary>Looks at every process.</summary>
    public void All()
    {
        HashSet<int> alive = [];
        List<Newcomer> newcomers = [];
        foreach (int pid in Procfs.Processes())
        {
            if (!Procfs.TryReadStat(pid, out ProcStat stat) || stat.Ended) continue;
            alive.Add(pid);
            if (!stat.HasProgram || _table.IsCurrent(pid, stat) || _forked.Contains(pid)) continue;
            if (Procfs.TryReadExecutable(pid, out string executable)) newcomers.Add(new Newcomer(pid, stat, executable));
        }
        _table.Keep(alive);
        _ports.Update(_table, newcomers);
    }

    /// <summary>Takes in what the kernel told.</summary>
    public void Handle(in ProcessRecord record)
    {
        switch (record.Change)
        {
            case ProcessChange.Forked:
                // Most children run another program at once; to take them for their parent's would select and drop them.
                if (_forked.Add(record.Pid)) _rechecks.Add(new Recheck(record.Pid, null, 0), Settle);
                break;
            case ProcessChange.Executed:
                _forked.Remove(record.Pid);
                Look(record.Pid, 0);
                break;
            case ProcessChange.Listens:
                if (_forked.Remove(record.Pid) || !_table.TryGet(record.Pid, out _)) Look(record.Pid, 0);
                LookForPort(new Recheck(record.Pid, (int)record.Port, 0));
                break;
            case ProcessChange.Libraries:
                if (_table.TryGet(record.Pid, out KnownProcess? process)) _tell(new LibrariesLoaded(process.Info.Id));
                break;
            case ProcessChange.Exited:
                Exit(record.Id);
                break;
        }
    }

    /// <summary>Does a look that was planned.</summary>
    public void Handle(in Recheck recheck)
    {
        if (recheck.Port is not null) LookForPort(recheck);
        else if (recheck.Attempt > 0 || _forked.Remove(recheck.Pid)) Look(recheck.Pid, recheck.Attempt);
    }

    private void Look(int pid, int attempt)
    {
        if (!Procfs.TryReadStat(pid, out ProcStat stat) || stat.Ended)
        {
            _table.Remove(pid);
            return;
        }
        if (!stat.HasProgram || _table.IsCurrent(pid, stat)) return;

        if (Procfs.TryReadExecutable(pid, out string executable))
            _table.Observe(pid, stat, executable, MayHoldSockets(pid, stat.ParentPid) ? _ports.HeldBy(pid) : null);
        else if (attempt < ReadyAttempts)
            _rechecks.Add(new Recheck(pid, null, attempt + 1), Delay(5, attempt));
    }

    // Without a LISTEN of its own a process has listening sockets only from what it was before, or from its parent.
    private bool MayHoldSockets(int pid, int parent) =>
        (_table.TryGet(pid, out KnownProcess? before) && before.Sockets.Count > 0) ||
        !_table.TryGet(parent, out KnownProcess? known) || known.Sockets.Count > 0;

    // The kernel tells LISTEN before listen() has succeeded and, without bind(), before it has chosen the port.
    private void LookForPort(in Recheck wanted)
    {
        if (!_table.TryGet(wanted.Pid, out KnownProcess? process) || _ports.HeldBy(wanted.Pid) is not { } held) return;

        bool newSocket = _table.SetSockets(process, held);
        bool found = wanted.Port == 0 ? newSocket : held.Values.Contains(wanted.Port ?? 0);
        if (!found && wanted.Attempt < PortAttempts)
            _rechecks.Add(wanted with { Attempt = wanted.Attempt + 1 }, Delay(0.5, wanted.Attempt));
    }

    private void Exit(ProcessId id)
    {
        _forked.Remove(id.Pid);
        if (!_table.TryGet(id.Pid, out KnownProcess? known)) return;
        if (known.Info.Id == id) _table.Remove(id.Pid);
        else _rechecks.Add(new Recheck(id.Pid, null, 1), Settle); // a new owner of the pid, or a shifted clock
    }

    private static TimeSpan Delay(double milliseconds, int attempt) => TimeSpan.FromMilliseconds(milliseconds * (1 << attempt));
}

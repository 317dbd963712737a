namespace Beyla.Host.Discovery;

/// <summary>One look at all processes by /proc alone, for commands that do not stay. Needs no privileges; with few, it sees less.</summary>
internal static class ProcessSnapshot
{
    /// <summary>The processes whose executable can be read, with their ports as far as they can be known.</summary>
    /// <param name="hidden">How many run a program that we may not look at.</param>
    public static IReadOnlyList<ProcessInfo> Take(out int hidden)
    {
        Dictionary<int, ProcessInfo> found = [];
        void Tell(ProcessEvent e)
        {
            if (e is ProcessCreated { Process: var process }) found[process.Pid] = process;
        }
        new ProcessScan(Tell, new ProcPortScan(), new Rechecks()).All();
        // Asked twice: many processes live only for a moment.
        hidden = Procfs.Processes().Count(pid => !found.ContainsKey(pid) && RunsAProgram(pid) && !Procfs.TryReadExecutable(pid, out _) && RunsAProgram(pid));
        return [.. found.Values.OrderBy(p => p.Pid)];
    }

    /// <summary>One process; null when it is gone or its executable cannot be read.</summary>
    public static ProcessInfo? TryRead(int pid)
    {
        if (!Procfs.TryReadStat(pid, out ProcStat stat) || stat.Ended || !Procfs.TryReadExecutable(pid, out string executable)) return null;
        HashSet<int> ports = [.. (new ProcPortScan().HeldBy(pid) ?? new Dictionary<ulong, int>()).Values];
        return new ProcessInfo(new ProcessId(pid, stat.StartTime), stat.ParentPid, executable, ports);
    }

    /// <summary>Whether there is such a process and it has a program of its own.</summary>
    public static bool RunsAProgram(int pid) => Procfs.TryReadStat(pid, out ProcStat stat) && stat.HasProgram;
}

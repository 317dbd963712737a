namespace Beyla.Host.Discovery;

/// <summary>A process that a look at all of them found, and that is not known yet, or not in this program.</summary>
/// <param name="Pid">Its pid.</param>
/// <param name="Stat">Its state.</param>
/// <param name="Executable">Path of its executable.</param>
internal readonly record struct Newcomer(int Pid, ProcStat Stat, string Executable);

/// <summary>Finds who listens on which TCP port. Sockets are told apart by their inode.</summary>
internal interface IPortScan
{
    /// <summary>The listening sockets that one process holds now, port by inode; null when they cannot be known.</summary>
    IReadOnlyDictionary<ulong, int>? HeldBy(int pid);

    /// <summary>Adds the newcomers, with their sockets, and brings the sockets of all others up to date.</summary>
    void Update(ProcessTable table, IReadOnlyList<Newcomer> newcomers);
}

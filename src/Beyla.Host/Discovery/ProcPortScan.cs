namespace Beyla.Host.Discovery;

/// <summary>
/// Ports by /proc alone: the listening sockets of each network namespace, and the file descriptors of processes. The latter are read for
/// newcomers, and for all only when a socket appeared that no known process holds.
/// </summary>
internal sealed class ProcPortScan : IPortScan
{
    private readonly HashSet<ulong> _ownerless = []; // of the kernel, or of processes whose file descriptors we may not read

    /// <summary>Whether we were refused the file descriptors of some process, so that its ports stay unknown.</summary>
    public bool Incomplete { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<ulong, int>? HeldBy(int pid) => HeldBy(pid, new ListeningSockets().Read(pid));

    /// <inheritdoc/>
    public void Update(ProcessTable table, IReadOnlyList<Newcomer> newcomers)
    {
        ListeningSockets listening = ReadAll(table, newcomers);
        foreach (Newcomer found in newcomers) table.Observe(found.Pid, found.Stat, found.Executable, HeldBy(found.Pid, listening));

        HashSet<ulong> unowned = Unowned(table, listening);
        _ownerless.IntersectWith(unowned);
        bool search = !unowned.IsSubsetOf(_ownerless);
        foreach (KnownProcess process in table.Processes)
        {
            if (search && HeldBy(process.Info.Pid, listening) is { } held) table.SetSockets(process, held);
            else if (process.Sockets.Keys.Any(inode => !listening.Ports.ContainsKey(inode)))
                table.SetSockets(process, process.Sockets.Where(socket => listening.Ports.ContainsKey(socket.Key)).ToDictionary());
        }
        if (search) _ownerless.UnionWith(Unowned(table, listening));
    }

    private Dictionary<ulong, int>? HeldBy(int pid, ListeningSockets listening)
    {
        Dictionary<ulong, int> held = [];
        if (listening.Ports.Count == 0) return held;
        if (Procfs.Sockets(pid) is not { } sockets)
        {
            Incomplete = true;
            return null;
        }

        foreach (ulong inode in sockets)
            if (listening.Ports.TryGetValue(inode, out int port)) held[inode] = port;
        return held;
    }

    private static ListeningSockets ReadAll(ProcessTable table, IReadOnlyList<Newcomer> newcomers)
    {
        ListeningSockets listening = new();
        HashSet<string> namespaces = [];
        foreach (KnownProcess process in table.Processes)
        {
            process.NetworkNamespace ??= Procfs.NetworkNamespace(process.Info.Pid) ?? "";
            if (namespaces.Add(process.NetworkNamespace)) listening.Read(process.Info.Pid);
        }
        foreach (Newcomer newcomer in newcomers)
            if (namespaces.Add(Procfs.NetworkNamespace(newcomer.Pid) ?? "")) listening.Read(newcomer.Pid);
        return listening;
    }

    private static HashSet<ulong> Unowned(ProcessTable table, ListeningSockets listening)
    {
        HashSet<ulong> unowned = [.. listening.Ports.Keys];
        foreach (KnownProcess process in table.Processes) unowned.ExceptWith(process.Sockets.Keys);
        return unowned;
    }
}

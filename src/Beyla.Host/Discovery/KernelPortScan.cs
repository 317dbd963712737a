using System.Collections.ObjectModel;

namespace Beyla.Host.Discovery;

/// <summary>
/// Ports by the kernel's iterator over open files: exact, over all network namespaces, and cheap however many connections there are.
/// </summary>
internal sealed class KernelPortScan(ListenerIterator iterator) : IPortScan
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<ulong, int>? HeldBy(int pid) => Sockets(iterator.Run(pid));

    /// <inheritdoc/>
    public void Update(ProcessTable table, IReadOnlyList<Newcomer> newcomers)
    {
        Dictionary<int, IReadOnlyDictionary<ulong, int>> held =
            iterator.Run().GroupBy(record => record.Pid).ToDictionary(group => group.Key, Sockets);
        foreach (Newcomer found in newcomers) table.Observe(found.Pid, found.Stat, found.Executable, held.GetValueOrDefault(found.Pid));
        foreach (KnownProcess process in table.Processes)
            table.SetSockets(process, held.GetValueOrDefault(process.Info.Pid, ReadOnlyDictionary<ulong, int>.Empty));
    }

    private static IReadOnlyDictionary<ulong, int> Sockets(IEnumerable<ListenerRecord> records)
    {
        Dictionary<ulong, int> sockets = [];
        foreach (ListenerRecord record in records) sockets[record.Inode] = (int)record.Port;
        return sockets;
    }
}

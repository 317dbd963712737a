using System.Runtime.InteropServices;
using Beyla.Ebpf;

namespace Beyla.Host.Discovery;

/// <summary>One record of the iterator of bpf/process_watcher.bpf.c.</summary>
[BpfStruct("listener_record")]
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ListenerRecord
{
    /// <summary>Inode of the socket.</summary>
    public readonly ulong Inode;

    /// <summary>Process id in the agent's PID namespace.</summary>
    public readonly int Pid;

    /// <summary>The port it listens on.</summary>
    public readonly uint Port;
}

/// <summary>Lists listening sockets by iter/task_file (Linux 5.11; for a single process 6.1).</summary>
internal sealed class ListenerIterator : IDisposable
{
    /// <summary>Its program.</summary>
    public const string Name = "listening_sockets";

    private readonly BpfProgram _program;
    private readonly BpfIterator _all;

    private ListenerIterator(BpfProgram program, BpfIterator all) => (_program, _all) = (program, all);

    /// <summary>Prepares runs of the program; null when the kernel cannot iterate over one process' files.</summary>
    public static ListenerIterator? TryAttach(BpfProgram program)
    {
        try
        {
            BpfIterator.Attach(program, Environment.ProcessId).Dispose();
            return new ListenerIterator(program, BpfIterator.Attach(program));
        }
        catch (BpfException)
        {
            return null;
        }
    }

    /// <summary>Those of all processes.</summary>
    public ListenerRecord[] Run() => _all.Run<ListenerRecord>();

    /// <summary>Those of one process; none when it is gone.</summary>
    public ListenerRecord[] Run(int pid)
    {
        try
        {
            using BpfIterator one = BpfIterator.Attach(_program, pid);
            return one.Run<ListenerRecord>();
        }
        catch (BpfException) when (!Procfs.TryReadStat(pid, out _))
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _all.Dispose();
}

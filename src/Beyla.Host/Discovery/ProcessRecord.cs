using System.Runtime.InteropServices;

namespace Beyla.Host.Discovery;

/// <summary>What the kernel tells about a process (<c>enum process_change</c>).</summary>
internal enum ProcessChange : uint
{
    /// <summary>It began, in its parent's program.</summary>
    Forked = 1,

    /// <summary>It runs another program now.</summary>
    Executed = 2,

    /// <summary>Its last thread ends.</summary>
    Exited = 3,

    /// <summary>It begins to listen on a TCP port.</summary>
    Listens = 4,

    /// <summary>It has loaded libraries, or is about to. Only of processes whose dynamic linker is probed.</summary>
    Libraries = 5,
}

/// <summary>One record of the ring of bpf/process_watcher.bpf.c.</summary>
[BpfStruct("process_record")]
[StructLayout(LayoutKind.Sequential)]
internal struct ProcessRecord
{
    private const ulong NanosecondsPerTick = 1_000_000_000 / BootTime.TicksPerSecond;

    /// <summary>What happened.</summary>
    public ProcessChange Change;

    /// <summary>Process id in the agent's PID namespace.</summary>
    public int Pid;

    /// <summary>Start of the process, CLOCK_BOOTTIME in ns.</summary>
    public ulong Start;

    /// <summary>For <see cref="ProcessChange.Listens"/>: the port; 0 when the kernel has yet to choose one (listen() without bind()).</summary>
    public uint Port;

    /// <summary>The identity as /proc/PID/stat shows it. Another in a time namespace of its own: there the clock is shifted.</summary>
    public readonly ProcessId Id => new(Pid, Start / NanosecondsPerTick);
}

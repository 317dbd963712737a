using System.Runtime.InteropServices;

namespace Beyla.Ebpf.Native;

/// <summary>bpf(2) and perf_event_open(2) for what libbpf 1.1 does not know. Layouts: include/uapi/linux/bpf.h and perf_event.h of Linux 6.18.</summary>
internal static unsafe class BpfSyscall
{
    private const int LinkCreateCommand = 28;
    private static readonly bool Arm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly nint BpfNumber = Arm64 ? 280 : 321;
    private static readonly nint PerfEventOpenNumber = Arm64 ? 241 : 298;

    /// <summary>BPF_LINK_CREATE.</summary>
    /// <returns>The link's descriptor, or the negative errno.</returns>
    public static int CreateLink(ref LinkCreate attributes)
    {
        fixed (LinkCreate* a = &attributes)
            return Result(Libc.syscall(BpfNumber, LinkCreateCommand, (nint)a, sizeof(LinkCreate), 0, 0));
    }

    /// <summary>perf_event_open(2), close-on-exec.</summary>
    /// <returns>The event's descriptor, or the negative errno.</returns>
    public static int OpenPerfEvent(ref PerfEventAttributes attributes, int pid, int cpu)
    {
        const int closeOnExec = 8;
        attributes.Size = (uint)sizeof(PerfEventAttributes);
        fixed (PerfEventAttributes* a = &attributes)
            return Result(Libc.syscall(PerfEventOpenNumber, (nint)a, pid, cpu, -1, closeOnExec));
    }

    private static int Result(nint value) => value >= 0 ? (int)value : -Marshal.GetLastPInvokeError();
}

/// <summary><c>link_create</c> of <c>union bpf_attr</c>, with the variants in use at one place each.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct LinkCreate
{
    [FieldOffset(0)] public uint ProgramFd;
    [FieldOffset(4)] public uint TargetFd;
    [FieldOffset(8)] public AttachType AttachType;

    /// <summary>perf_event.bpf_cookie.</summary>
    [FieldOffset(16)] public ulong PerfCookie;

    /// <summary>iter_info: pointer to <see cref="IteratorTask"/>; zero: all tasks.</summary>
    [FieldOffset(16)] public ulong IteratorInfo;
    [FieldOffset(24)] public uint IteratorInfoLength;

    /// <summary>uprobe_multi: pointers, then counts.</summary>
    [FieldOffset(16)] public ulong Path;
    [FieldOffset(24)] public ulong Offsets;
    [FieldOffset(40)] public ulong Cookies;
    [FieldOffset(48)] public uint Count;
    [FieldOffset(52)] public uint UprobeFlags;
    [FieldOffset(56)] public uint Pid;
}

/// <summary><c>task</c> of <c>union bpf_iter_link_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IteratorTask
{
    public uint ThreadId;
    public uint ProcessId;
    public uint PidFd;
    private readonly uint _pad;
}

/// <summary>The first published size (PERF_ATTR_SIZE_VER1) of <c>struct perf_event_attr</c> that has config2.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct PerfEventAttributes
{
    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Size;

    /// <summary>Bit 0: return probe (format/retprobe of the uprobe and kprobe event sources).</summary>
    [FieldOffset(8)] public ulong Config;

    /// <summary>Pointer to the path, or to the kernel function's name.</summary>
    [FieldOffset(56)] public ulong Config1;

    /// <summary>File offset, or offset in the kernel function.</summary>
    [FieldOffset(64)] public ulong Config2;
}

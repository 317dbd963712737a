using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>A loaded BPF program.</summary>
public sealed unsafe class BpfProgram
{
    private readonly string _object;

    internal BpfProgram(string obj, string name, nint pointer, int fd)
    {
        (_object, Name) = (obj, name);
        Section = Marshal.PtrToStringUTF8(Libbpf.bpf_program__section_name(pointer)) ?? "";
        Type = (ProgramType)Libbpf.bpf_program__type(pointer);
        AttachType = (AttachType)Libbpf.bpf_program__expected_attach_type(pointer);
        Handle = Libc.Duplicate(fd, $"cannot keep program '{name}' of {obj}");
    }

    /// <summary>The C function's name.</summary>
    public string Name { get; }

    /// <summary>The SEC(...) it stands in, e.g. "tp_btf/sched_process_exec".</summary>
    public string Section { get; }

    /// <summary>
    /// What it has cost so far. Time and runs count only while <see cref="ProgramStatistics.Enable"/> is held (by anyone on the machine).
    /// </summary>
    public ProgramRuns Statistics
    {
        get
        {
            ProgramInfo info = default;
            uint length = (uint)sizeof(ProgramInfo);
            int result = Libbpf.bpf_obj_get_info_by_fd(Handle, &info, &length);
            if (result < 0) throw BpfException.From($"cannot read the statistics of {this}", -result);
            return new ProgramRuns(info.RunTimeNs, info.RunCount, info.RecursionMisses);
        }
    }

    internal SafeFileHandle Handle { get; }

    internal ProgramType Type { get; }

    internal AttachType AttachType { get; }

    /// <summary>uretprobe and kretprobe programs run when the function returns.</summary>
    internal bool AtReturn => Section.StartsWith("uretprobe", StringComparison.Ordinal) || Section.StartsWith("kretprobe", StringComparison.Ordinal);

    /// <summary>What follows the slash of the section: the kernel's name for what it is attached to.</summary>
    internal string Target => Section[(Section.IndexOf('/', StringComparison.Ordinal) + 1)..];

    internal static bool IsUprobe(string section) =>
        section.StartsWith("uprobe", StringComparison.Ordinal) || section.StartsWith("uretprobe", StringComparison.Ordinal);

    /// <summary>Runs a program of SEC("syscall") once on this thread.</summary>
    /// <param name="context">Copied in before and out after; what the program sees as its argument.</param>
    /// <returns>What the program returned.</returns>
    /// <exception cref="BpfException">It is of another kind, or the kernel refused.</exception>
    public int Run(Span<byte> context)
    {
        fixed (byte* bytes = context)
        {
            TestRunOptions options = new() { Size = (nuint)sizeof(TestRunOptions), ContextIn = bytes, ContextSizeIn = (uint)context.Length };
            int result = Libbpf.bpf_prog_test_run_opts(Handle, &options);
            if (result < 0) throw BpfException.From($"cannot run {this}", -result);
            return (int)options.ReturnValue;
        }
    }

    /// <summary>"the BPF program 'x' of y.bpf.o"</summary>
    public override string ToString() => $"the BPF program '{Name}' of {_object}";

    /// <summary><c>struct bpf_prog_info</c> of include/uapi/linux/bpf.h.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 232)]
    private struct ProgramInfo
    {
        [FieldOffset(192)] public ulong RunTimeNs;
        [FieldOffset(200)] public ulong RunCount;
        [FieldOffset(208)] public ulong RecursionMisses;
    }
}

using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>A program on a kernel hook, which its section names; it is detached on dispose.</summary>
public sealed class TracingLink : IDisposable
{
    private readonly IDisposable _link;

    private TracingLink(IDisposable link) => _link = link;

    /// <summary>Attaches a program of SEC("tp_btf/..."), "raw_tp/...", "fentry/...", "fexit/...", "kprobe/..." or "kretprobe/...".</summary>
    /// <exception cref="BpfException">The kernel has no such hook, or refused.</exception>
    public static TracingLink Attach(BpfProgram program)
    {
        string what = $"cannot attach {program} to {program.Section}";
        return program.Type switch
        {
            ProgramType.Tracing when program.AttachType != AttachType.TraceIterator => new(Trace(program.Handle, null, what)),
            ProgramType.RawTracepoint => new(Trace(program.Handle, program.Target, what)),
            ProgramType.Kprobe when !BpfProgram.IsUprobe(program.Section) => new(Kprobe(program, what)),
            _ => throw new BpfException($"{what}: it is none of tp_btf, raw_tp, fentry, fexit, kprobe and kretprobe."),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    /// <param name="program">Its descriptor.</param>
    /// <param name="name">The tracepoint; null: the program was loaded for its hook.</param>
    /// <param name="what">For the exception.</param>
    internal static SafeFileHandle Trace(SafeFileHandle program, string? name, string what)
    {
        int fd = Libbpf.bpf_raw_tracepoint_open(name, program);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw BpfException.From(what, -fd);
    }

    private static PerfEventProbe Kprobe(BpfProgram program, string what) =>
        PerfEventProbe.TryOpen("kprobe", program.Target, 0, pid: 0, program.Handle, program.AtReturn, cookie: 0, out int errno)
        ?? throw (errno == Native.Errno.ENODEV
            ? new BpfException($"{what}: this kernel has no kprobe events (ENODEV; CONFIG_KPROBE_EVENTS is off).", errno)
            : BpfException.From(what, errno));
}

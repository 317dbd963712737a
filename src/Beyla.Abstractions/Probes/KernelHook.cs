namespace Beyla;

/// <summary>The kinds of kernel hook the host can attach.</summary>
public enum KernelHookKind
{
    /// <summary>BTF-typed raw tracepoint (<c>tp_btf/NAME</c>).</summary>
    TpBtf,

    /// <summary>Raw tracepoint (<c>raw_tp/NAME</c>).</summary>
    RawTracepoint,

    /// <summary>Function entry by trampoline (<c>fentry/NAME</c>).</summary>
    Fentry,

    /// <summary>Function exit by trampoline (<c>fexit/NAME</c>).</summary>
    Fexit,

    /// <summary>Kprobe at a function's entry.</summary>
    Kprobe,

    /// <summary>Kretprobe at a function's return.</summary>
    Kretprobe,
}

/// <summary>One program on one kernel function or tracepoint.</summary>
/// <param name="Kind">How it is attached.</param>
/// <param name="Target">Kernel function or tracepoint name.</param>
/// <param name="Program">Name of the BPF program.</param>
public sealed record KernelProbe(KernelHookKind Kind, string Target, string Program);

/// <summary>
/// One way to get a hook's events: the probes it takes. Chosen by loading and attaching, never by kernel version; the programs of the other fronts
/// are not loaded.
/// </summary>
/// <param name="Name">Short name shown to users and accepted as <c>front</c> in <c>[tracers.&lt;name&gt;]</c>.</param>
/// <param name="Probes">All of them attach, or the next front is tried.</param>
public sealed record KernelFront(string Name, IReadOnlyList<KernelProbe> Probes);

/// <summary>
/// Something a tracer wants to see in the kernel, with the ways to see it, best first. The probes are attached while there is a process to watch;
/// they run in every process, and ask <c>target_current()</c> of <c>bpf/include/beyla/target.h</c> whether it is one of those. Where the group has rows
/// for Go, too, they watch the processes to which the group is attached, and <c>bpf/include/beyla/go_target.h</c> gives them its slots.
/// </summary>
/// <param name="Group">The group it belongs to.</param>
/// <param name="Fronts">Alternatives, best first.</param>
/// <param name="Failure">What it means when no front attaches.</param>
public sealed record KernelHook(ProbeGroup Group, IReadOnlyList<KernelFront> Fronts, FailureMode Failure = FailureMode.Required);

namespace Beyla.Ebpf;

/// <summary>The capabilities that matter to a tracer of programs, with their numbers (include/uapi/linux/capability.h).</summary>
public enum Capability
{
    /// <summary>CAP_DAC_READ_SEARCH: read any file.</summary>
    DacReadSearch = 2,

    /// <summary>CAP_SYS_PTRACE: look into any process.</summary>
    SysPtrace = 19,

    /// <summary>CAP_SYS_ADMIN: everything that has no capability of its own; holds the next three, too.</summary>
    SysAdmin = 21,

    /// <summary>CAP_PERFMON (Linux 5.8).</summary>
    Perfmon = 38,

    /// <summary>CAP_BPF (Linux 5.8).</summary>
    Bpf = 39,

    /// <summary>CAP_CHECKPOINT_RESTORE (Linux 5.9).</summary>
    CheckpointRestore = 40,
}

/// <summary>A set of capabilities.</summary>
/// <param name="Bits">Bit n is the capability of number n.</param>
public readonly record struct CapabilitySet(ulong Bits)
{
    private const string Field = "CapEff:";

    /// <summary>The effective capabilities of this process (proc_pid_status(5)).</summary>
    public static CapabilitySet Effective()
    {
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
        return new(line is null ? 0 : Convert.ToUInt64(line[Field.Length..].Trim(), fromBase: 16));
    }

    /// <summary>Whether exactly this one is in the set.</summary>
    public bool Contains(Capability capability) => (Bits >> (int)capability & 1) != 0;

    /// <summary>Whether the kernel grants what a capability allows: CAP_SYS_ADMIN stands for those that were once part of it.</summary>
    public bool Allows(Capability capability) => Contains(capability) ||
        (capability is Capability.Bpf or Capability.Perfmon or Capability.CheckpointRestore && Contains(Capability.SysAdmin));
}

/// <summary>Names of capabilities.</summary>
public static class CapabilityNames
{
    /// <summary>The name that man pages, Docker and Kubernetes know: <c>CAP_SYS_PTRACE</c>.</summary>
    public static string NameOf(this Capability capability) => capability switch
    {
        Capability.DacReadSearch => "CAP_DAC_READ_SEARCH",
        Capability.SysPtrace => "CAP_SYS_PTRACE",
        Capability.SysAdmin => "CAP_SYS_ADMIN",
        Capability.Perfmon => "CAP_PERFMON",
        Capability.Bpf => "CAP_BPF",
        _ => "CAP_CHECKPOINT_RESTORE",
    };
}

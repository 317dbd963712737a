using Beyla.Ebpf.Native;

namespace Beyla.Host.Runtime;

/// <summary>A capability that the agent has a use for: plain facts, for the start-up line and <c>beyla doctor</c>.</summary>
/// <param name="Name">As in capabilities(7).</param>
/// <param name="Number">Its bit (include/uapi/linux/capability.h).</param>
/// <param name="Stronger">Numbers of capabilities each of which includes it here.</param>
/// <param name="Without">What the user does not get without it.</param>
/// <param name="IsEssential">Nothing is traced without it.</param>
internal sealed record PrivilegeNeed(string Name, int Number, IReadOnlyList<int> Stronger, string Without, bool IsEssential = false)
{
    private const int DacReadSearch = 2, DacOverride = 1, SysPtrace = 19, SysAdmin = 21, Perfmon = 38, Bpf = 39, CheckpointRestore = 40;

    /// <summary>All, the most important first.</summary>
    public static IReadOnlyList<PrivilegeNeed> All { get; } =
    [
        new("CAP_BPF", Bpf, [SysAdmin], "no BPF program can be loaded: nothing is traced", IsEssential: true),
        new("CAP_PERFMON", Perfmon, [SysAdmin], "no probe can be attached: nothing is traced", IsEssential: true),
        new("CAP_SYS_PTRACE", SysPtrace, [], "executables, maps and sockets of other users' processes cannot be read: only programs of the agent's own user are found and traced"),
        new("CAP_DAC_READ_SEARCH", DacReadSearch, [DacOverride], "executables whose permissions do not allow reading are not inspected, so not traced"),
        new("CAP_CHECKPOINT_RESTORE", CheckpointRestore, [SysAdmin], "mapped libraries cannot be opened (/proc/PID/map_files): no spans of HTTP within TLS libraries"),
        new("CAP_SYS_ADMIN", SysAdmin, [], "the run time of BPF programs is not measured"),
    ];

    /// <summary>Whether this process has it, or one that includes it.</summary>
    public bool IsMet => Stronger.Prepend(Number).Any(Capabilities.Has);
}

using Beyla.Ebpf;

namespace Beyla.Host.Privileges;

/// <summary>What the agent uses a capability for.</summary>
/// <param name="Capability">The capability.</param>
/// <param name="Purpose">What it does with it: "reads …".</param>
/// <param name="Cost">What the user does not get without it.</param>
internal sealed record CapabilityUse(Capability Capability, string Purpose, string Cost)
{
    /// <summary>Whether nothing at all is traced without it.</summary>
    public bool IsEssential { get; init; }

    /// <summary>All of them, the essential ones first. CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_RESOURCE are not among them: nothing needs them.</summary>
    public static IReadOnlyList<CapabilityUse> All { get; } =
    [
        new(Capability.Bpf, "loads BPF programs and maps", "nothing can be traced") { IsEssential = true },
        new(Capability.Perfmon, "attaches probes, which read the memory of traced programs", "nothing can be traced") { IsEssential = true },
        new(Capability.SysPtrace, "looks into processes of other users: their executables, ports, environments and memory",
            "processes of other users are neither found by their ports nor traced"),
        new(Capability.DacReadSearch, "reads executables, libraries and environments whatever their file permissions are",
            "in processes of other users TLS libraries are not probed and environments give no service names, and executables that only their user may read are not traced"),
        new(Capability.CheckpointRestore, "opens the libraries that a process has in memory", "TLS libraries are not probed: encrypted requests of programs other than Go's give no spans"),
    ];

    /// <summary>Those that a set of capabilities does not allow.</summary>
    public static IEnumerable<CapabilityUse> Missing(CapabilitySet effective) => All.Where(u => !effective.Allows(u.Capability));

    /// <summary>One line for the log on what is missing and what that costs; <see langword="null"/> when all is there.</summary>
    public static string? Describe(CapabilitySet effective)
    {
        string[] parts = [.. Missing(effective).GroupBy(u => u.Cost).Select(g => $"{string.Join(" and ", g.Select(u => u.Capability.NameOf()))} ({g.Key})")];
        return parts.Length == 0 ? null : $"capabilities are missing: {string.Join("; ", parts)}. Grant them, or run as root.";
    }
}

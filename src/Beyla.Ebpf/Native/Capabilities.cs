namespace Beyla.Ebpf.Native;

/// <summary>Words for the capabilities that this process lacks.</summary>
internal static class Capabilities
{
    /// <summary>Which of the capabilities for loading and attaching are missing: "CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN) are"; empty: none.</summary>
    public static string MissingForBpf()
    {
        CapabilitySet effective = CapabilitySet.Effective();
        return (effective.Allows(Capability.Bpf), effective.Allows(Capability.Perfmon)) switch
        {
            (true, true) => "",
            (true, false) => "CAP_PERFMON (or CAP_SYS_ADMIN) is",
            (false, true) => "CAP_BPF (or CAP_SYS_ADMIN) is",
            (false, false) => "CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN) are",
        };
    }
}

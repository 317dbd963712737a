using System.Globalization;

namespace Beyla.Ebpf.Native;

/// <summary>The effective capabilities of this process (include/uapi/linux/capability.h).</summary>
public static class Capabilities
{
    private const int SysAdmin = 21, Perfmon = 38, Bpf = 39;

    /// <summary>Whether this process has a capability now.</summary>
    /// <param name="capability">Its number.</param>
    public static bool Has(int capability) => Has(Effective(), capability);

    /// <summary>Which of the capabilities for loading and attaching are missing: "CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN) are"; empty: none.</summary>
    public static string MissingForBpf()
    {
        ulong effective = Effective();
        if (Has(effective, SysAdmin)) return "";
        return (Has(effective, Bpf), Has(effective, Perfmon)) switch
        {
            (true, true) => "",
            (true, false) => "CAP_PERFMON (or CAP_SYS_ADMIN) is",
            (false, true) => "CAP_BPF (or CAP_SYS_ADMIN) is",
            (false, false) => "CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN) are",
        };
    }

    private static bool Has(ulong set, int capability) => (set >> capability & 1) != 0;

    private static ulong Effective()
    {
        const string field = "CapEff:";
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0 : ulong.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}

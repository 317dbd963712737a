using System.Globalization;

namespace TargetCost;

/// <summary>The kernel's clock of BPF programs (kernel.bpf_stats_enabled); it costs ~50 ns per run, so it has slices of its own.</summary>
internal sealed class BpfStatistics : IDisposable
{
    private const string Switch = "/proc/sys/kernel/bpf_stats_enabled";
    private const string UprobeType = "2", TracingType = "26"; // BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_TRACING in include/uapi/linux/bpf.h
    private readonly string _before = File.ReadAllText(Switch);

    /// <summary>Switches the clock on.</summary>
    public BpfStatistics() => File.WriteAllText(Switch, "1");

    /// <summary>
    /// Runs of all uprobe programs that a process holds, and the time, ns, of these and of the programs on kernel hooks, from its descriptors
    /// (bpf_prog_show_fdinfo in kernel/bpf/syscall.c).
    /// </summary>
    public static (long Runs, long Time) Of(int pid)
    {
        Dictionary<string, (long Runs, long Time)> programs = [];
        foreach (string file in Directory.EnumerateFiles($"/proc/{pid}/fdinfo"))
        {
            Dictionary<string, string> info = Read(file);
            if (info.GetValueOrDefault("prog_type") is (UprobeType or TracingType) and var type && info.TryGetValue("run_cnt", out string? runs))
                programs[info["prog_id"]] = (type == UprobeType ? Number(runs) : 0, Number(info["run_time_ns"]));
        }
        return (programs.Values.Sum(p => p.Runs), programs.Values.Sum(p => p.Time));
    }

    /// <summary>Puts the switch back.</summary>
    public void Dispose() => File.WriteAllText(Switch, _before);

    private static Dictionary<string, string> Read(string file)
    {
        Dictionary<string, string> info = [];
        try
        {
            foreach (string line in File.ReadLines(file))
                if (line.Split(':', 2, StringSplitOptions.TrimEntries) is [var name, var value]) info[name] = value;
        }
        catch (IOException)
        {
            // closed between listing and reading
        }
        return info;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

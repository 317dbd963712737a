using Beyla.Ebpf;

namespace Beyla.Host.Commands.Doctor;

/// <summary>What the kernel gives, by loading and attaching the smallest programs. Versions are told, never decided on.</summary>
internal static class KernelChecks
{
    private const string Area = "kernel";

    public static IEnumerable<Finding> Run()
    {
        yield return new(Area, "release", FindingState.Ok, File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
        bool btf = File.Exists("/sys/kernel/btf/vmlinux");
        yield return new(Area, "type information", btf ? FindingState.Ok : FindingState.Missing, btf ? "/sys/kernel/btf/vmlinux is there" : "/sys/kernel/btf/vmlinux is missing")
        {
            Remedy = btf ? null : "use a kernel with CONFIG_DEBUG_INFO_BTF; without it new processes are found late and only Go programs are traced",
        };
        yield return Feature("events ring", KernelFeatures.RingBuffer, FindingState.Missing, "Linux 5.8 or newer is needed", fatal: true);
        yield return Uprobes();
        yield return Feature("attach cookies", KernelFeatures.AttachCookie, FindingState.Missing, "Linux 5.15 or newer is needed", fatal: true);
        yield return Feature("new processes at once", KernelFeatures.TpBtf("sched_process_exec"), FindingState.Limited,
            "without it new processes are found by polling, up to discovery.poll_interval late");
        yield return Feature("new listeners at once", KernelFeatures.TpBtf("inet_sock_set_state"), FindingState.Limited,
            "without it new ports are found by polling, up to discovery.poll_interval late");
        yield return Feature("ports by iterator", KernelFeatures.TaskFileIterator, FindingState.Limited, "ports are read from /proc/PID/net instead, which is slower");
        yield return Sockets();
    }

    private static Finding Uprobes()
    {
        FeatureResult multi = KernelFeatures.UprobeMulti;
        if (multi.IsSupported) return new(Area, "user-space probes", FindingState.Ok, "uprobe_multi links were loaded and attached");
        FeatureResult perf = KernelFeatures.UprobePerf;
        return perf.IsSupported
            ? new(Area, "user-space probes", FindingState.Limited, $"perf uprobes work, uprobe_multi links do not: {Clause(multi.Reason)}")
            {
                Remedy = "nothing is lost; detaching is slow. Linux 6.6 or newer has uprobe_multi",
            }
            : Feature("user-space probes", perf, FindingState.Missing, "a kernel with CONFIG_UPROBE_EVENTS is needed", fatal: true);
    }

    /// <summary>Best first, as http-filter tries them.</summary>
    private static Finding Sockets()
    {
        (string Name, Func<FeatureResult> Probe)[] ways =
        [
            ("tp_btf/sock_recv_length", () => KernelFeatures.TpBtf("sock_recv_length")),
            ("fexit/tcp_recvmsg", () => KernelFeatures.Fexit("tcp_recvmsg")),
            ("tp_btf/sys_exit", () => KernelFeatures.TpBtf("sys_exit")),
        ];
        List<string> refusals = [];
        foreach ((string name, Func<FeatureResult> probe) in ways)
        {
            FeatureResult result = probe();
            if (result.IsSupported)
            {
                return new(Area, "socket hooks", refusals.Count == 0 ? FindingState.Ok : FindingState.Limited, string.Join("; ", refusals.Prepend($"{name} was loaded and attached")))
                {
                    Remedy = refusals.Count == 0 ? null : "nothing is lost; the best hooks need Linux 6.3 or newer",
                };
            }
            if (result.Answer == FeatureAnswer.Unknown) return Feature("socket hooks", result, FindingState.Missing, "");
            refusals.Add(Clause(result.Reason));
        }
        return new(Area, "socket hooks", FindingState.Missing, string.Join("; ", refusals)) { Remedy = "only Go programs are traced; a kernel with BTF and tracing is needed for others" };
    }

    private static Finding Feature(string name, FeatureResult result, FindingState otherwise, string remedy, bool fatal = false) => result.Answer switch
    {
        FeatureAnswer.Supported => new(Area, name, FindingState.Ok, "a program was loaded and attached"),
        FeatureAnswer.Unknown => new(Area, name, FindingState.Unknown, Clause(result.Reason)) { Remedy = "run beyla doctor with the agent's privileges" },
        _ => new(Area, name, otherwise, Clause(result.Reason)) { Remedy = remedy, IsFatal = fatal },
    };

    private static string Clause(string sentence) => sentence.TrimEnd('.');
}

using System.Collections.Concurrent;
using System.Globalization;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>
/// What this kernel can do for us, found by loading and attaching a tiny program, never by its version. Conclusive answers are kept for
/// the life of the process; others are asked for again.
/// </summary>
public static class KernelFeatures
{
    private const uint OnePage = 4096;
    private const int TrialSite = 16;

    private static readonly ConcurrentDictionary<string, FeatureResult> Known = new();

    /// <summary>The ring buffer map (Linux 5.8).</summary>
    public static FeatureResult RingBuffer => Probe("ring buffer", _ => BpfMap.CreateRingBuffer("beyla_feature", Math.Max(OnePage, (uint)Environment.SystemPageSize)).Dispose());

    /// <summary>uprobe_multi links with cookies (Linux 6.6): <see cref="UprobeFront.Multi"/>.</summary>
    public static FeatureResult UprobeMulti => Probe("uprobe_multi links", what =>
    {
        using SafeFileHandle program = TinyProgram.Load(ProgramType.Kprobe, what, AttachType.UprobeMulti);
        AttachMulti(program, what);
    });

    /// <summary>perf uprobes linked with a cookie (Linux 5.15): <see cref="UprobeFront.Perf"/>.</summary>
    public static FeatureResult UprobePerf => Probe("perf uprobes", what =>
    {
        if (PerfEventProbe.Source("uprobe") is null) throw new BpfException($"{what}: this kernel has no uprobe events (CONFIG_UPROBE_EVENTS is off).");
        using SafeFileHandle program = TinyProgram.Load(ProgramType.Kprobe, what);
        AttachPerf(program, what);
    });

    /// <summary>Reading the attach cookie in a uprobe program (Linux 5.15).</summary>
    public static FeatureResult AttachCookie => Probe("attach cookies", what =>
    {
        bool multi = UprobeMulti.IsSupported;
        using SafeFileHandle program = TinyProgram.LoadWithCookie(ProgramType.Kprobe, what, multi ? AttachType.UprobeMulti : AttachType.None);
        if (multi) AttachMulti(program, what);
        else AttachPerf(program, what);
    });

    /// <summary>iter/task_file, with its output read to the end (Linux 5.8).</summary>
    public static FeatureResult TaskFileIterator => Probe("iter/task_file", what =>
    {
        using SafeFileHandle program = LoadTracing("task_file", AttachType.TraceIterator, what);
        using SafeFileHandle link = BpfIterator.Link(program, Environment.ProcessId, what);
        _ = BpfIterator.Read(link, what);
    });

    /// <summary>The BTF-typed raw tracepoint <paramref name="name"/>.</summary>
    public static FeatureResult TpBtf(string name) => Trace("tp_btf", name, AttachType.TraceRawTracepoint);

    /// <summary>The raw tracepoint <paramref name="name"/>.</summary>
    public static FeatureResult RawTracepoint(string name) => Probe($"raw_tp/{name}", what =>
    {
        using SafeFileHandle program = TinyProgram.Load(ProgramType.RawTracepoint, what);
        TracingLink.Trace(program, name, what).Dispose();
    });

    /// <summary>A trampoline at the entry of a kernel function.</summary>
    public static FeatureResult Fentry(string function) => Trace("fentry", function, AttachType.TraceFentry);

    /// <summary>A trampoline at the exit of a kernel function.</summary>
    public static FeatureResult Fexit(string function) => Trace("fexit", function, AttachType.TraceFexit);

    /// <summary>A kprobe at the entry of a kernel function.</summary>
    public static FeatureResult Kprobe(string function) => Kprobe("kprobe", function, atReturn: false);

    /// <summary>A kretprobe at the returns of a kernel function.</summary>
    public static FeatureResult Kretprobe(string function) => Kprobe("kretprobe", function, atReturn: true);

    private static FeatureResult Trace(string kind, string target, AttachType type) => Probe($"{kind}/{target}", what =>
    {
        using SafeFileHandle program = LoadTracing(target, type, what);
        TracingLink.Trace(program, null, what).Dispose();
    });

    private static FeatureResult Kprobe(string kind, string function, bool atReturn) => Probe($"{kind}/{function}", what =>
    {
        if (PerfEventProbe.Source("kprobe") is null) throw new BpfException($"{what}: this kernel has no kprobe events (CONFIG_KPROBE_EVENTS is off).");
        using SafeFileHandle program = TinyProgram.Load(ProgramType.Kprobe, what);
        using PerfEventProbe? probe = PerfEventProbe.TryOpen("kprobe", function, 0, pid: 0, program, atReturn, cookie: 0, out int errno);
        if (probe is null) throw BpfException.From(what, errno);
    });

    private static FeatureResult Probe(string feature, Action<string> loadAndAttach)
    {
        if (Known.TryGetValue(feature, out FeatureResult known)) return known;
        FeatureResult result;
        try
        {
            loadAndAttach(string.Create(CultureInfo.InvariantCulture, $"{feature} cannot be used"));
            result = FeatureResult.Supported;
        }
        catch (BpfException refusal)
        {
            result = FeatureResult.Of(refusal);
        }
        if (result.Answer != FeatureAnswer.Unknown) Known[feature] = result;
        return result;
    }

    private static SafeFileHandle LoadTracing(string target, AttachType type, string what)
    {
        LibbpfLog.Begin();
        if (!File.Exists("/sys/kernel/btf/vmlinux")) throw new BpfException($"{what}: the kernel has no type information (CONFIG_DEBUG_INFO_BTF is off).");
        int id = Libbpf.libbpf_find_vmlinux_btf_id(target, (int)type);
        if (id <= 0) throw new BpfException($"{what}: the kernel's type information has no '{target}' of that kind.", Native.Errno.ENOENT);
        return TinyProgram.Load(ProgramType.Tracing, what, type, id);
    }

    private static void AttachMulti(SafeFileHandle program, string what)
    {
        using ProbeFile file = new();
        int link = MultiUprobeLink.Create(program, atReturn: false, file.Path, pid: 0, [new UprobeSite(TrialSite, Cookie: 1)]);
        if (link < 0) throw BpfException.From(what, -link);
        new SafeFileHandle(link, ownsHandle: true).Dispose();
    }

    private static void AttachPerf(SafeFileHandle program, string what)
    {
        using ProbeFile file = new();
        using PerfEventProbe? probe = PerfEventProbe.TryOpen("uprobe", file.Path, TrialSite, pid: 0, program, atReturn: false, cookie: 1, out int errno);
        if (probe is null) throw BpfException.From(what, errno);
    }
}

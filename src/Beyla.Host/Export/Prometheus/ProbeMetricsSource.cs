using Beyla.Ebpf;
using Beyla.Host.Attachment;

namespace Beyla.Host.Export.Prometheus;

/// <summary>
/// What the kernel counts of each BPF program: how often it ran and how long, while the machine measures that (sysctl kernel.bpf_stats_enabled), and how
/// often it could not run because a probe was running on that CPU already, always.
/// </summary>
/// <param name="tracers">The tracers.</param>
internal sealed class ProbeMetricsSource(IReadOnlyList<TracerHost> tracers) : IMetricsSource
{
    private const string Runs = "beyla_bpf_probe_executions", Time = "beyla_bpf_probe_execution_seconds", Missed = "beyla_bpf_probe_missed";

    public void WriteTo(Exposition page)
    {
        List<(string Tracer, string Program, ProgramRuns Runs)> all = [.. tracers.SelectMany(t => t.Statistics().Select(s => (t.Name, s.Program, s.Runs)))];
        page.Head(Missed, "counter", "", "Times that a BPF program did not run because a probe was running on the CPU.");
        foreach ((string tracer, string program, ProgramRuns runs) in all) page.Sample(Missed + "_total", (long)runs.RecursionMisses, ("tracer", tracer), ("program", program));
        if (all.All(s => s.Runs.Runs == 0)) return; // nobody measures
        page.Head(Runs, "counter", "", "Times that a BPF program ran while kernel.bpf_stats_enabled was set.");
        foreach ((string tracer, string program, ProgramRuns runs) in all) page.Sample(Runs + "_total", (long)runs.Runs, ("tracer", tracer), ("program", program));
        page.Head(Time, "counter", "seconds", "Time in BPF programs while kernel.bpf_stats_enabled was set, without the cost of the probes themselves.");
        foreach ((string tracer, string program, ProgramRuns runs) in all) page.Sample(Time + "_total", runs.RunTimeNs / 1e9, ("tracer", tracer), ("program", program));
    }
}

using Beyla.Host.Attachment;
using Beyla.Host.Events;
using Beyla.Host.Plugins;
using Beyla.Host.Spans;

namespace Beyla.Host.Export.Prometheus;

/// <summary>What the agent tells about itself: its build, its plugins and tracers, the spans they made and everything that was lost, each where it was lost.</summary>
/// <param name="version">Version of the agent.</param>
/// <param name="plugins">The plugins.</param>
/// <param name="tracers">The tracers.</param>
/// <param name="processes">The processes under trace.</param>
/// <param name="spans">The spans.</param>
/// <param name="losses">The losses.</param>
internal sealed class AgentMetricsSource(
    string version, IReadOnlyList<PluginRecord> plugins, IReadOnlyList<TracerHost> tracers, TracedProcesses processes, SpanCounts spans, LossLedger losses) : IMetricsSource
{
    private const string Counter = "counter", Gauge = "gauge", Info = "info";
    private long _pages;

    public void WriteTo(Exposition page)
    {
        IReadOnlyList<(string Source, string Reason, long Count)> books = losses.Read();
        page.Head("beyla_build", Info, "", "Version of the agent and of its runtime.");
        page.Sample("beyla_build_info", 1, ("version", version), ("runtime", Environment.Version.ToString()));
        page.Head("beyla_plugin", Info, "", "Plugins and how they are: ok, refused, failed or disabled.");
        foreach (PluginRecord plugin in plugins)
            page.Sample("beyla_plugin_info", 1, ("plugin", plugin.Id), ("version", plugin.Version ?? ""), ("contract", plugin.Contract ?? ""), ("state", plugin.State.ToString().ToLowerInvariant()));
        page.Head("beyla_tracer", Info, "", "Tracers and how they are: idle, ok or failed.");
        foreach (TracerHost tracer in tracers) page.Sample("beyla_tracer_info", 1, ("tracer", tracer.Name), ("state", tracer.State.ToString().ToLowerInvariant()));
        page.Head("beyla_instrumented_processes", Gauge, "", "Processes under trace.");
        page.Sample("beyla_instrumented_processes", processes.Running.Count);

        page.Head("beyla_spans", Counter, "", "Spans, by the tracer that made them.");
        foreach ((string tracer, long count) in spans.Read().OrderBy(s => s.Key, StringComparer.Ordinal)) page.Sample("beyla_spans_total", count, ("tracer", tracer));
        page.Head("beyla_bpf_events", Counter, "", "Records that BPF programs wrote, by tracer.");
        Book(page, "beyla_bpf_events_total", books.Where(b => b.Reason == LossReason.Events), withReason: false);
        page.Head("beyla_lost", Counter, "", "Spans and events that were lost, by the tracer or exporter that lost them and the reason.");
        Book(page, "beyla_lost_total", books.Where(b => LossReason.IsLoss(b.Reason)), withReason: true);
        page.Head("beyla_noted", Counter, "", "Events that were odd and cost no span, by tracer and reason.");
        Book(page, "beyla_noted_total", books.Where(b => b.Reason != LossReason.Events && !LossReason.IsLoss(b.Reason)), withReason: true);
        page.Head("beyla_prometheus_http_requests", Counter, "", "Pages of metrics that were served.");
        page.Sample("beyla_prometheus_http_requests_total", ++_pages);
    }

    private static void Book(Exposition page, string name, IEnumerable<(string Source, string Reason, long Count)> books, bool withReason)
    {
        // Several counters of one tracer may have the same name.
        foreach (IGrouping<(string Source, string Reason), long> sum in books.GroupBy(b => (b.Source, b.Reason), b => b.Count).OrderBy(g => g.Key))
        {
            if (withReason) page.Sample(name, sum.Sum(), ("source", sum.Key.Source), ("reason", sum.Key.Reason));
            else page.Sample(name, sum.Sum(), ("tracer", sum.Key.Source));
        }
    }
}

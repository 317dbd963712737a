using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Spans;

namespace Beyla.Host.Control;

/// <summary>What the running agent answers when it is asked. Reads what others write; changes nothing.</summary>
/// <param name="options">The configuration at the start.</param>
/// <param name="tracers">The tracers.</param>
/// <param name="book">The selected processes.</param>
/// <param name="losses">The books.</param>
/// <param name="live">The spans of now.</param>
internal sealed class AgentInquiry(BeylaOptions options, IReadOnlyList<TracerHost> tracers, AttachmentBook book, LossLedger losses, LiveSpans live)
{
    private volatile BeylaOptions _options = options;

    /// <summary>Takes a changed configuration. From any thread.</summary>
    public void Apply(BeylaOptions changed) => _options = changed;

    /// <summary>What is known of a process.</summary>
    public ProcessReport Of(int pid)
    {
        AttachmentEntry? entry = book.Find(pid);
        // What the process opens later counts, too, so it is looked at anew.
        ProcessInfo? now = ProcessSnapshot.TryRead(pid) ?? entry?.Process;
        ILookup<string, (string Tracer, string Reason, long Count)> books = losses.Read().ToLookup(b => b.Tracer);
        Dictionary<string, TracerTally> tallies = entry?.Traced?.Tally.Tracers.ToDictionary(t => t.Key, t => t.Value) ?? [];
        return new ProcessReport(
            Environment.ProcessId,
            now is null ? [] : [.. SelectionRule.Of(_options, now).Select(r => new RuleReport(r.Rule, r.WhyNot))],
            entry?.Service.Name, entry?.Failure, entry?.Links is { } links ? [.. links.Groups] : [], entry?.Links?.Sites ?? 0,
            entry is null ? [] : [.. entry.Skipped],
            entry?.Traced is { OwnSignals: not Signals.None } own ? own.OwnSignals.ToString().ToLowerInvariant() : null,
            entry is { Links: null, Failure: null },
            [.. tracers.Select(t => Report(t, tallies.GetValueOrDefault(t.Name) ?? new TracerTally(), books[t.Name]))],
            [.. Exporters().Select(e => new ExporterReport(e.Name, e.Target, losses.OutageOf(e.Name), Sums(books[e.Name])))]);
    }

    /// <summary>Begins to watch spans and costs.</summary>
    public TopWatch Watch() => new(live.Watch(), tracers, book, losses);

    private static TracerReport Report(TracerHost tracer, TracerTally tally, IEnumerable<(string Tracer, string Reason, long Count)> books) => new(
        tracer.Name, tracer.State.ToString().ToLowerInvariant(), tracer.Reason, [.. tracer.Fronts.Select(f => f.Name).Distinct()],
        Volatile.Read(ref tally.Built), Volatile.Read(ref tally.Filtered), Volatile.Read(ref tally.SampledOut), Volatile.Read(ref tally.Exported), Sums(books));

    private static Dictionary<string, long> Sums(IEnumerable<(string Tracer, string Reason, long Count)> books) =>
        books.GroupBy(b => b.Reason).ToDictionary(g => g.Key, g => g.Sum(b => b.Count));

    private IEnumerable<(string Name, string Target)> Exporters()
    {
        BeylaOptions now = _options;
        if (OtlpEndpoint.Of(now.Grafana.Complete(now.TracesExport.Otlp, "traces"), "v1/traces") is { } traces) yield return ("otlp-traces", traces.ToString());
        if (now.TracePrinter != TracePrinter.Disabled) yield return ("printer", $"stdout ({now.TracePrinter.ToString().ToLowerInvariant()})");
        if (OtlpEndpoint.Of(now.Grafana.Complete(now.MetricsExport.Otlp, "metrics"), "v1/metrics") is { } metrics) yield return ("otlp-metrics", metrics.ToString());
        if (now.Prometheus.Port != 0) yield return ("prometheus", $"port {now.Prometheus.Port}");
    }
}

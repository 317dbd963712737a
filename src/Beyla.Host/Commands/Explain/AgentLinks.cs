using System.Globalization;
using Beyla.Host.Control;
using Beyla.Host.Events;

namespace Beyla.Host.Commands.Explain;

/// <summary>The links that only the running agent knows: what is attached, what came of it, where it went.</summary>
internal static class AgentLinks
{
    public static IEnumerable<ChainLink> Of(ProcessReport report)
    {
        yield return Attached(report);
        if (report.Failure is not null || report.Groups.Count == 0) yield break;
        TracerReport[] tracers = [.. report.Tracers.Where(t => report.Groups.Any(g => g.Split('/')[0] == t.Name))];
        yield return Events(tracers);
        yield return Spans(tracers);
        yield return Exported(report, tracers);
    }

    /// <summary>Whether and by which rule the process was selected.</summary>
    public static ChainLink Selected(IReadOnlyList<RuleReport> rules, string? service, string by)
    {
        if (rules.FirstOrDefault(r => r.WhyNot is null) is { } match)
            return new("selected", LinkState.Ok, $"{match.Rule} matches ({by}){(service is null ? "" : $", service {service}")}");
        if (service is not null) return new("selected", LinkState.Ok, $"it belongs to its parent's service {service} ({by})");
        if (rules.Count == 0)
            return new("selected", LinkState.Broken, $"nothing says which processes to trace ({by})") { Next = "give --open-port, --executable-name or [[discovery.services]]" };
        return new("selected", LinkState.Broken, [.. rules.Select(r => $"{r.Rule} does not match: {r.WhyNot} ({by})")])
        {
            Next = "change the rule, or give --open-port with the port on which it listens",
        };
    }

    private static ChainLink Attached(ProcessReport report)
    {
        if (report.Failure is { } failure) return new("attached", LinkState.Broken, failure.TrimEnd('.'));
        string[] failed = [.. report.Tracers.Where(t => t.State == "failed").Select(t => $"tracer {t.Name} is off: {t.Reason?.TrimEnd('.')}")];
        string[] skipped = [.. report.Skipped.Select(s => s.TrimEnd('.'))];
        if (report.Attaching) return new("attached", LinkState.Waiting, "the agent is attaching to it just now") { Next = "ask again in a moment" };
        if (report.Groups.Count == 0)
        {
            return report.Service is null
                ? new("attached", LinkState.Broken, $"the agent (pid {report.AgentPid}) does not trace it") { Next = "see above" }
                : new("attached", LinkState.Broken, [.. failed, .. skipped, "nothing is attached"]) { Next = "'beyla doctor' says what this kernel gives" };
        }
        return new("attached", failed.Length + skipped.Length > 0 ? LinkState.Limited : LinkState.Ok,
            [.. failed, .. skipped, $"{string.Join(", ", report.Groups)}: {report.Sites} probe sites (agent, pid {report.AgentPid})"]);
    }

    private static ChainLink Events(TracerReport[] tracers)
    {
        List<string> evidence = [];
        foreach (TracerReport tracer in tracers)
        {
            long events = tracer.Books.GetValueOrDefault(LossReason.Events);
            IEnumerable<string> odd = tracer.Books.Where(b => b.Key is not (LossReason.Events or LossReason.Filtered or LossReason.SampledOut) && b.Value > 0)
                .OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => Of(b.Key, b.Value));
            evidence.Add(string.Join(", ", odd.Prepend(string.Create(CultureInfo.InvariantCulture, $"{tracer.Name}: {events} records of all processes"))));
        }
        bool lost = tracers.Any(t => t.Books.Any(b => LossReason.IsLoss(b.Key) && b.Value > 0));
        if (tracers.Sum(t => t.Books.GetValueOrDefault(LossReason.Events)) > 0) return new("events", lost ? LinkState.Limited : LinkState.Ok, evidence);
        return new("events", LinkState.Waiting, evidence) { Next = "no probe has fired to the end of a call: send a request" };
    }

    private static ChainLink Spans(TracerReport[] tracers)
    {
        long built = tracers.Sum(t => t.Built), filtered = tracers.Sum(t => t.Filtered), sampled = tracers.Sum(t => t.SampledOut), exported = tracers.Sum(t => t.Exported);
        string numbers = string.Create(CultureInfo.InvariantCulture, $"{built} built, {filtered} filtered, {sampled} sampled out, {exported} handed to exporters");
        if (built == 0) return new("spans", LinkState.Waiting, $"{numbers} (this process)") { Next = "the process has not served or sent a request since the agent attached" };
        if (exported > 0) return new("spans", filtered + sampled > 0 ? LinkState.Limited : LinkState.Ok, numbers);
        return new("spans", LinkState.Broken, numbers)
        {
            Next = filtered >= sampled ? "look at [filter] and [routes] ignored_patterns" : "look at [traces.sampler] (OTEL_TRACES_SAMPLER)",
        };
    }

    private static ChainLink Exported(ProcessReport report, TracerReport[] tracers)
    {
        if (report.Exporters.Count == 0)
            return new("exported", LinkState.Broken, "no exporter is set") { Next = "OTEL_EXPORTER_OTLP_ENDPOINT sends spans, --trace-printer text shows them" };
        List<string> evidence = [];
        if (report.OwnSignals is { } own) evidence.Add($"the process exports its own {own}: these are left to it (discovery.exclude_otel_instrumented_services)");
        foreach (ExporterReport exporter in report.Exporters)
            evidence.Add($"{exporter.Name} to {exporter.Target}{(exporter.Outage is { } now ? $" cannot deliver: {now.TrimEnd('.')}" : "")}{(exporter.Lost.Count == 0 ? "" : $", lost: {string.Join(", ", exporter.Lost.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => Of(l.Key, l.Value)))}")}");
        if (report.Exporters.Any(e => e is { Name: "otlp-traces", Outage: not null }))
        {
            evidence.Reverse(); // spans come last, where the verdict looks
            return new("exported", LinkState.Broken, evidence) { Next = "start the collector or correct the endpoint" };
        }
        long lost = report.Exporters.Where(e => e.Name == "otlp-traces").Sum(e => e.Lost.Values.Sum());
        if (lost == 0) return new("exported", report.OwnSignals is null ? LinkState.Ok : LinkState.Limited, evidence);
        bool all = lost >= tracers.Sum(t => t.Exported) && report.Exporters.All(e => e.Name != "printer");
        return new("exported", all ? LinkState.Broken : LinkState.Limited, evidence) { Next = "is the collector running, and does it take what is sent? 'beyla doctor' tries the endpoint" };
    }

    private static string Of(string reason, long count) => string.Create(CultureInfo.InvariantCulture, $"{reason} {count}");
}

using System.Text.Json.Serialization;

namespace Beyla.Host.Control;

/// <summary>What a client asks: one JSON object on a line.</summary>
/// <param name="Ask"><c>process</c>, answered by one <see cref="ProcessReport"/>; <c>top</c>, answered by a <see cref="TopReport"/> after each interval.</param>
/// <param name="Pid">The process, in the agent's PID namespace.</param>
/// <param name="IntervalMs">Milliseconds between two reports.</param>
internal sealed record ControlRequest(string Ask, int Pid = 0, int IntervalMs = 1000);

/// <summary>What a running agent knows of a process.</summary>
/// <param name="AgentPid">The agent.</param>
/// <param name="Rules">The rules of its selection on this process; <see cref="RuleReport.WhyNot"/> is null for one that matches.</param>
/// <param name="Service">Name under which it was selected; null: it was not.</param>
/// <param name="Failure">Why it is not traced though it was selected; null: it is.</param>
/// <param name="Groups">Tracer groups that are attached.</param>
/// <param name="Sites">Number of breakpoints.</param>
/// <param name="Skipped">What is not attached though the program has it.</param>
/// <param name="OwnSignals">Signals that are left to the process because it exports them itself.</param>
/// <param name="Attaching">It is being inspected or attached to right now.</param>
/// <param name="Tracers">The tracers.</param>
/// <param name="Exporters">Where spans go.</param>
internal sealed record ProcessReport(
    int AgentPid, IReadOnlyList<RuleReport> Rules, string? Service, string? Failure, IReadOnlyList<string> Groups, int Sites,
    IReadOnlyList<string> Skipped, string? OwnSignals, bool Attaching, IReadOnlyList<TracerReport> Tracers, IReadOnlyList<ExporterReport> Exporters);

/// <summary>One rule, see <see cref="Discovery.SelectionRule"/>.</summary>
internal sealed record RuleReport(string Rule, string? WhyNot);

/// <summary>One tracer: its state, the spans of the process asked for, and its books over all processes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State"><c>ok</c>, <c>failed</c> …</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Fronts">Fronts of its kernel hooks.</param>
/// <param name="Built">Spans of this process.</param>
/// <param name="Filtered">Of those, left out by filters and ignored patterns.</param>
/// <param name="SampledOut">Of those, left out by the sampler.</param>
/// <param name="Exported">Of those, handed to the exporters.</param>
/// <param name="Books">Counts over all processes by reason: <c>events</c>, <c>half-seen</c>, <c>ring-full</c> …</param>
internal sealed record TracerReport(
    string Name, string State, string? Reason, IReadOnlyList<string> Fronts, long Built, long Filtered, long SampledOut, long Exported, IReadOnlyDictionary<string, long> Books);

/// <summary>Where spans go.</summary>
/// <param name="Name">Its name in the books: <c>otlp-traces</c>.</param>
/// <param name="Target">Endpoint, or what else it writes to.</param>
/// <param name="Outage">Why nothing can be delivered now; null: it can, as far as is known.</param>
/// <param name="Lost">What it did not deliver, by reason.</param>
internal sealed record ExporterReport(string Name, string Target, string? Outage, IReadOnlyDictionary<string, long> Lost);

/// <summary>What happened in one interval.</summary>
/// <param name="Seconds">Length of the interval.</param>
/// <param name="Processes">Processes under trace.</param>
/// <param name="Rows">Services and routes, the busiest first.</param>
/// <param name="Probes">Cost of each tracer's programs; empty when the kernel does not measure it for us.</param>
/// <param name="Lost">Events and spans lost since the start of the agent.</param>
internal sealed record TopReport(double Seconds, int Processes, IReadOnlyList<TopRow> Rows, IReadOnlyList<ProbeCost> Probes, long Lost);

/// <summary>One service and span name.</summary>
/// <param name="Service">service.name</param>
/// <param name="Kind">Span kind: <c>server</c>, <c>client</c> …</param>
/// <param name="Name">Span name: <c>GET /items/{id}</c>.</param>
/// <param name="Count">Spans in the interval.</param>
/// <param name="Errors">Of those, failed.</param>
/// <param name="P50Ns">Half of them took at most so long; within 4.5 %.</param>
/// <param name="P99Ns">All but one in a hundred took at most so long; within 4.5 %.</param>
internal sealed record TopRow(string Service, string Kind, string Name, long Count, long Errors, long P50Ns, long P99Ns);

/// <summary>What a tracer's programs cost the machine in the interval.</summary>
/// <param name="Tracer">The tracer.</param>
/// <param name="Runs">Times that its programs ran.</param>
/// <param name="RunTimeNs">Time in them; a uprobe itself costs 0.5 to 7 µs on top.</param>
internal sealed record ProbeCost(string Tracer, long Runs, long RunTimeNs);

/// <summary>Their JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ProcessReport))]
[JsonSerializable(typeof(TopReport))]
internal sealed partial class ControlJson : JsonSerializerContext;

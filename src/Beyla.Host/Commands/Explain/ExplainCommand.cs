using Beyla.Host.Configuration;
using Beyla.Host.Control;
using Beyla.Host.Discovery;
using Beyla.Host.Plugins;

namespace Beyla.Host.Commands.Explain;

/// <summary><c>beyla explain PID|EXE|PORT</c></summary>
/// <param name="Target">A pid, a port or an executable.</param>
/// <param name="Json">Print JSON.</param>
/// <param name="Socket">The agent's socket; null: whichever agent runs.</param>
internal sealed record ExplainArguments(string Target, bool Json, string? Socket);

/// <summary>
/// <c>beyla explain</c>: the chain from process to exported span, with what was seen at each link and what to do where it breaks. Asks a running agent;
/// without one it says what an agent with this configuration would do.
/// </summary>
internal sealed class ExplainCommand(PluginCatalog plugins, TextWriter output, TextWriter error) : ICommandBody<ExplainArguments>
{
    public async Task<int> RunAsync(BeylaOptions options, ExplainArguments arguments, CancellationToken stop)
    {
        ExplainedTarget target = ExplainedTarget.Find(arguments.Target);
        List<Explanation> explanations = [];
        if (target.Nothing is { } nothing)
            explanations.Add(new(arguments.Target, [new("found", LinkState.Broken, nothing) { Next = target.Next }]));
        try
        {
            foreach (ProcessInfo process in target.Processes) explanations.Add(await ExplainAsync(options, process, arguments.Socket, stop).ConfigureAwait(false));
        }
        catch (IOException e)
        {
            await error.WriteLineAsync($"beyla explain: {e.Message}".AsMemory(), stop).ConfigureAwait(false);
            return ExitCode.Failed;
        }
        await output.WriteAsync((arguments.Json ? ExplainReport.ToJson(explanations) : ExplainReport.ToText(explanations)).AsMemory(), stop).ConfigureAwait(false);
        return explanations.Any(e => e.Weakest is { State: LinkState.Broken }) ? ExitCode.Failed : ExitCode.Ok;
    }

    private async Task<Explanation> ExplainAsync(BeylaOptions options, ProcessInfo process, string? socket, CancellationToken stop)
    {
        List<ChainLink> links = [Found(process)];
        ProcessReport? report = await AskAsync(process.Pid, socket, stop).ConfigureAwait(false);
        RuleReport[] rules = report is not null ? [.. report.Rules] : [.. SelectionRule.Of(options, process).Select(r => new RuleReport(r.Rule, r.WhyNot))];
        links.Add(AgentLinks.Selected(rules, report?.Service, report is null ? "dry run with this command's configuration" : $"agent, pid {report.AgentPid}"));
        links.AddRange(InspectedLinks.Of(process, plugins.Tracers));
        if (report is null)
            links.Add(new("attached", LinkState.Unknown, "no running agent could be asked") { Next = "start one: beyla run; one of another user is asked only by root or that user" });
        // What was not selected is not attached either; to say so twice helps nobody.
        else if (report.Service is not null || links[1].State != LinkState.Broken)
            links.AddRange(AgentLinks.Of(report));
        return new($"pid {process.Pid} ({process.ExecutablePath})", links);
    }

    private static ChainLink Found(ProcessInfo process) => new("found", LinkState.Ok,
        $"process {process.Pid} runs {process.ExecutablePath}, {(process.OpenPorts.Count == 0 ? "listens on no port" : $"listens on {string.Join(", ", process.OpenPorts.Order())}")}");

    /// <summary>The report of the agent that is named, or else of the one that has selected the process, or else of any.</summary>
    private static async Task<ProcessReport?> AskAsync(int pid, string? socket, CancellationToken stop)
    {
        ProcessReport? any = null;
        foreach (string path in socket is null ? ControlSocket.Find() : [socket])
        {
            try
            {
                using ControlClient client = ControlClient.Ask(path, new ControlRequest("process", pid));
                ProcessReport? report = await client.ReadAsync(ControlJson.Default.ProcessReport, stop).ConfigureAwait(false);
                if (report?.Service is not null) return report;
                any ??= report;
            }
            // It ended between the look and the question; the user's own choice must not be passed over.
            catch (IOException) when (socket is null) { }
        }
        return any;
    }
}

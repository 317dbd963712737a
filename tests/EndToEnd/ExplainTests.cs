using System.Globalization;
using System.Text.Json.Nodes;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary><c>beyla explain</c> and <c>beyla top</c> ask a real agent about a real program.</summary>
public sealed class ExplainTests
{
    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Explain_TracedServer_FollowsItsSpansToThePrinter(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        await target.Requests.GetAsync("/hello");
        await agent.SpansShouldBeAsync(ExpectedSpan.Server("GET", "/hello", 200));

        JsonNode explained = await ExplainAsync(agent, TargetProcess.Text(target.Pid), exitCode: 0);

        Assert.Equal("spans are exported.", (string?)explained["verdict"]);
        Assert.Equal(["found", "selected", "type", "tracers", "attached", "events", "spans", "exported"], explained["links"]!.AsArray().Select(l => (string?)l!["step"]));
        Assert.Contains("1 built, 0 filtered, 0 sampled out, 1 handed to exporters", Evidence(explained, "spans"), StringComparison.Ordinal);
        Assert.Contains("net-http/server", Evidence(explained, "attached"), StringComparison.Ordinal);
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Explain_SampledOutAndNobodyAtTheEndpoint_NamesTheLink(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent silent = await Agent.StartAsync(target, o => o.Variables = new Dictionary<string, string> { ["OTEL_TRACES_SAMPLER"] = "always_off" });
        await using Agent lonely = await Agent.StartAsync(target, o =>
        {
            o.TracePrinter = "disabled";
            o.Variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = $"http://127.0.0.1:{LoopbackPort.Free()}/v1/traces", ["OTEL_BSP_SCHEDULE_DELAY"] = "10" };
        });
        await target.Requests.GetAsync("/hello");

        await VerdictAsync(silent, target, "no spans: spans: 1 built, 0 filtered, 1 sampled out, 0 handed to exporters; look at [traces.sampler] (OTEL_TRACES_SAMPLER).");
        await VerdictAsync(lonely, target, "cannot deliver: ");
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Explain_PortOfAnotherServer_NamesTheRule(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        int other = LoopbackPort.Free();
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = TargetProcess.Text(other));

        JsonNode explained = await ExplainAsync(agent, $":{TargetProcess.Text(target.Port)}", exitCode: 1);

        Assert.StartsWith(
            $"no spans: selected: open_port = {TargetProcess.Text(other)} does not match: the process listens on {TargetProcess.Text(target.Port)} (agent, pid {TargetProcess.Text(agent.Pid)})",
            (string?)explained["verdict"], StringComparison.Ordinal);
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Top_RequestsOfOneRoute_AreOneRow(Release release)
    {
        const int requests = 20;
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        await using ChildProcess top = ChildProcess.Start(Repository.Agent, ["top", "--json", "--every", "100ms", "--socket", agent.ControlSocket]);
        await Eventually.TrueAsync(() => top.Output.Lines.Count > 0, Eventually.Soon, () => $"there is no table. {top}");
        for (int i = 0; i < requests; i++) await target.Requests.GetAsync("/hello");

        JsonNode[] Rows() => [.. top.Output.Lines.SelectMany(line => JsonNode.Parse(line)!["rows"]!.AsArray()).OfType<JsonNode>()];
        await Eventually.TrueAsync(() => Rows().Sum(r => (int)r["count"]!) == requests, Eventually.Soon, () => $"{requests} requests are not {requests} spans. {top}");
        Assert.All(Rows(), r => Assert.Equal(("server", "GET /hello", 0), ((string?)r["kind"], (string?)r["name"], (int)r["errors"]!)));
    }

    private static async Task VerdictAsync(Agent agent, TargetProcess target, string verdict)
    {
        string? last = null;
        await Eventually.TrueAsync(
            async () => (last = (string?)(await ExplainAsync(agent, TargetProcess.Text(target.Pid), exitCode: null))["verdict"])!.Contains(verdict, StringComparison.Ordinal),
            Eventually.Soon, () => $"it says: {last}");
    }

    /// <summary>Asks this agent: others may run on this machine.</summary>
    private static async Task<JsonNode> ExplainAsync(Agent agent, string target, int? exitCode)
    {
        await using ChildProcess explain = ChildProcess.Start(Repository.Agent, ["explain", target, "--json", "--socket", agent.ControlSocket]);
        await explain.ExitAsync(Eventually.Soon);
        if (exitCode is { } expected) Assert.True(explain.ExitCode == expected, explain.ToString());
        return JsonNode.Parse(string.Join('\n', explain.Output.Lines))!.AsArray().Single()!;
    }

    private static string Evidence(JsonNode explained, string step) =>
        string.Join('\n', explained["links"]!.AsArray().First(l => (string?)l!["step"] == step)!["evidence"]!.AsArray().Select(e => (string?)e));
}

using System.Text.Json;
using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>
/// Whose calls are they? A call's parent is the server span of the goroutine that makes it, or of the goroutine that started that one, up to eight of
/// them. The target says by paths which call belongs to which request: request /nest/7 calls /nothing/7.
/// </summary>
public sealed class GoroutineParentTests
{
    private const int Deepest = 8;

    public static TheoryData<Release> BeforeGo121 =>
        [.. new[] { Releases.Esbuild, Releases.Http }.SelectMany(d => (IEnumerable<object[]>)d).Select(row => (Release)row[0])
            .Where(r => r.Build is "0.13.15" or "0.14.50" or "0.18.20" || r.Build.StartsWith("1.19", StringComparison.Ordinal))];

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Call_FromGoroutinesBelowTheHandler_HasTheRequestAsParent(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        for (int depth = 0; depth <= Deepest; depth++) await target.Requests.GetAsync(Nest(target, depth, depth));

        await ParentsShouldBeRightAsync(agent, Deepest + 1);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Call_ManyAtOnceAmongAThousandParkedGoroutines_HasTheRightRequestAsParent(Release release)
    {
        const int Requests = 400, AtOnce = 16;
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        await target.Requests.GetAsync("/nest/-?parked=1000");

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (i, _) => await target.Requests.GetAsync(Nest(target, i, i % (Deepest + 1))));

        await ParentsShouldBeRightAsync(agent, Requests);
        await agent.StopAsync();
    }

    /// <summary>The goroutine was started by the request before, on the same connection and so by the same goroutine as the one in flight.</summary>
    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Call_OfARequestThatIsOver_IsNotGivenToTheNextOneWhenParentsAreExact(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(
            target, o => o.Variables = new Dictionary<string, string> { ["BEYLA_TRACERS_GO_RUNTIME_EXACT_PARENTS"] = "true" });

        await target.Requests.GetAsync($"/later?url={Uri.EscapeDataString($"http://127.0.0.1:{target.Port}/nothing/0")}", "/now", Nest(target, 1, 2));

        await ParentsShouldBeRightAsync(agent, calls: 1, except: 0);
        Assert.Equal("", Numbered(agent, "client", "nothing")[0].ParentSpanId);
        await agent.StopAsync();
    }

    /// <summary>Go keeps the parent itself from 1.21 on: only older programs are probed at each go statement.</summary>
    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Attach_GoThatKeepsParents_IsNotProbedAtGoStatements(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        bool probed = agent.Log.Lines.Any(l => l.Contains("go-runtime/parents", StringComparison.Ordinal));

        Assert.Equal(release.Build.StartsWith("1.19", StringComparison.Ordinal), probed);
        await agent.StopAsync();
    }

    /// <summary>Go 1.17, 1.18 and 1.20 are there as builds of esbuild. The RET of runtime.newproc1 would be single-stepped at each go statement.</summary>
    [ReleaseTheory, MemberData(nameof(BeforeGo121))]
    public async Task Sites_OfGoStatements_AreEmulated(Release release)
    {
        string report = await ChildProcess.RunAsync(Repository.Agent, "inspect", release.Executable, "--json");

        JsonElement tracer = JsonDocument.Parse(report).RootElement.GetProperty("tracers").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "go-runtime");
        Assert.True(tracer.GetProperty("groups").EnumerateArray().Single(g => g.GetProperty("name").GetString() == "parents").GetProperty("attachable").GetBoolean(), report);
        JsonElement probe = tracer.GetProperty("probes").EnumerateArray().Single(p => p.GetProperty("group").GetString() == "parents");
        JsonElement site = Assert.Single(probe.GetProperty("sites").EnumerateArray());
        Assert.True(site.GetProperty("emulated").GetBoolean(), site.GetRawText());
    }

    private static string Nest(TargetProcess target, int number, int depth) =>
        $"/nest/{number}?depth={depth}&url={Uri.EscapeDataString($"http://127.0.0.1:{target.Port}/nothing/{number}")}";

    private static async Task ParentsShouldBeRightAsync(Agent agent, int calls, params int[] except)
    {
        await Eventually.TrueAsync(() => Numbered(agent, "server", "nest").Count == calls && Numbered(agent, "client", "nothing").Count == calls + except.Length,
            Eventually.Soon, () => $"there are {agent.Spans.Count} spans.\n{agent.Log}");
        Dictionary<int, SpanRecord> requests = Numbered(agent, "server", "nest");
        foreach ((int number, SpanRecord call) in Numbered(agent, "client", "nothing").Where(c => !except.Contains(c.Key)))
            Assert.Equal((number, requests[number].TraceId, requests[number].SpanId), (number, call.TraceId, call.ParentSpanId));
    }

    private static Dictionary<int, SpanRecord> Numbered(Agent agent, string kind, string path) => agent.Spans
        .Where(s => s.Kind == kind)
        .Select(s => (Match: Regex.Match(s.TextOf("url.full") ?? s.TextOf("url.path") ?? "", $@"/{path}/(\d+)$"), Span: s))
        .Where(s => s.Match.Success)
        .ToDictionary(s => int.Parse(s.Match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), s => s.Span);
}

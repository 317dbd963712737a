using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Programs that nobody here wrote, in the builds of Debian and npm: N requests give exactly N spans, and nothing of us stays.</summary>
public sealed class ProgramsTests
{
    [AgentTheory, MemberData(nameof(Releases.Prometheus), MemberType = typeof(Releases))]
    public Task Prometheus_RequestsOfEveryKind_GiveExactlyOneSpanEach(Release release) => EveryRequestGivesOneSpanAsync(release);

    [AgentTheory, MemberData(nameof(Releases.Etcd), MemberType = typeof(Releases))]
    public Task Etcd_RequestsOfEveryKind_GiveExactlyOneSpanEach(Release release) => EveryRequestGivesOneSpanAsync(release);

    [AgentTheory, MemberData(nameof(Releases.Caddy), MemberType = typeof(Releases))]
    public Task Caddy_RequestsOfEveryKind_GiveExactlyOneSpanEach(Release release) => EveryRequestGivesOneSpanAsync(release);

    [AgentTheory, MemberData(nameof(Releases.Esbuild), MemberType = typeof(Releases))]
    public Task Esbuild_RequestsOfEveryKind_GiveExactlyOneSpanEach(Release release) => EveryRequestGivesOneSpanAsync(release);

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public Task Http_RequestsOfEveryKind_GiveExactlyOneSpanEach(Release release) => EveryRequestGivesOneSpanAsync(release);

    [AgentTheory, MemberData(nameof(Releases.Caddy), MemberType = typeof(Releases))]
    public async Task Caddy_ReverseProxy_GivesAServerAndAClientSpanEach(Release release)
    {
        await using TargetProcess upstream = await Programs.HttpAsync(Releases.TypicalHttp);
        await using TargetProcess target = await Programs.CaddyAsync(release, upstream.Port);
        await using Agent agent = await Agent.StartAsync(target);

        await target.Requests.GetAsync("/proxy/hello", "/proxy/missing", "/proxy/timeout?ms=3000");

        string url = $"http://127.0.0.1:{upstream.Port}";
        await agent.SpansShouldBeAsync(
        [
            .. target.Requests.ServerSpans(),
            ExpectedSpan.Client("GET", $"{url}/hello", 200), ExpectedSpan.Client("GET", $"{url}/missing", 404), ExpectedSpan.Client("GET", $"{url}/timeout", 503),
        ]);
        await agent.StopAsync();
    }

    /// <summary>It scrapes on its own: from some moment on each request that the scraped server got is a span of each side.</summary>
    [AgentTheory, MemberData(nameof(Releases.Prometheus), MemberType = typeof(Releases))]
    public async Task Prometheus_ScrapesAServer_GivesAClientAndAServerSpanEach(Release release)
    {
        ArgumentNullException.ThrowIfNull(release);
        using TemporaryFolder folder = new();
        await using TargetProcess scraped = await Programs.HttpAsync(Releases.TypicalHttp, executable: Releases.TypicalHttp.CopyTo(folder, "http"));
        await using TargetProcess target = await Programs.PrometheusAsync(new(release.Program, release.Build, release.CopyTo(folder, "prometheus")), scraped.Port);
        await using Agent agent = await Agent.StartAsync(o => o.ExecutableName = $"^{Regex.Escape(folder.Path)}/");
        await agent.AttachedAsync(scraped.Pid);
        await agent.AttachedAsync(target.Pid);
        int before = agent.Spans.Count;

        await Eventually.TrueAsync(() => agent.Spans.Count >= before + 6, Eventually.Soon, () => $"{agent.Spans.Count} spans came\n{agent.Log}");
        await target.KillAsync();
        await agent.StopAsync();

        // The first one was in flight when the agent came, the last one when it stopped.
        SpanRecord[] asked = [.. agent.Spans.Where(s => s.ProcessId == target.Pid)], answered = [.. agent.Spans.Where(s => s.ProcessId == scraped.Pid)];
        Assert.InRange(asked.Length - answered.Length, -2, 1);
        ExpectedSpan client = ExpectedSpan.Client("GET", $"http://127.0.0.1:{scraped.Port}/metrics", 404), server = ExpectedSpan.Server("GET", "/metrics", 404);
        Assert.All(asked, s => Assert.Empty(client.DifferencesTo(s)));
        Assert.All(answered, s => Assert.Empty(server.DifferencesTo(s)));
        Assert.All(agent.Spans, s => Assert.Empty(s.ParentSpanId));
    }

    [AgentTheory, MemberData(nameof(Releases.TooOld), MemberType = typeof(Releases))]
    public async Task Esbuild_OfGo116_IsTracedAtItsSocketsWithTheReason(Release release)
    {
        await using TargetProcess target = await Programs.StartAsync(release);
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = TargetProcess.Text(target.Port));
        await agent.Log.WaitForAsync(new Regex($@"pid {target.Pid}\b.*built with Go 1\.16\b.*not supported"), Eventually.Soon);

        await Scenarios.RunAsync(release, target.Requests);

        Assert.Empty(TextBytes.DifferentFromFile(target.Pid));
        await agent.SpansShouldBeAsync([.. target.Requests.Exchanges.Select(e => ExpectedSpan.Server(e.Method, e.Target.Split('?')[0], e.Status))]);
        await agent.StopAsync();
        Assert.All(agent.Spans, s => Assert.Equal("http-filter", s.Tracer));
    }

    private static async Task EveryRequestGivesOneSpanAsync(Release release)
    {
        await using TargetProcess target = await Programs.StartAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        Assert.NotEmpty(TextBytes.DifferentFromFile(target.Pid));
        agent.ComparedTracer = "net-http"; // etcd's gateway turns requests into gRPC calls to itself

        await Scenarios.RunAsync(release, target.Requests);

        // This esbuild strips the port from Request.Host in place before the request ends (docs/limits.md).
        bool portIsStripped = release is { Program: "esbuild", Build: "0.25.0" or "0.28.2" };
        await agent.SpansShouldBeAsync([.. target.Requests.ServerSpans().Select(s => portIsStripped ? s.Without("server.port") : s)]);
        Assert.All(agent.Spans, s => Assert.Equal((target.Pid, release.Program), (s.ProcessId, s.Resource.GetProperty("service.name").GetString())));
        await agent.StopAsync();
        await TextBytes.EqualFileAsync(target.Pid);
    }
}

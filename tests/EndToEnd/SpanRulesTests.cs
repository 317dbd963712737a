using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Which spans leave the agent, and under which names: routes, filters, samplers, redaction.</summary>
public sealed class SpanRulesTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c", Parent = "b7ad6b7169203331";

    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Rules_OfAFile_DecideOverNamesAndSpans(Release release)
    {
        using TemporaryFolder folder = new();
        await using TargetProcess target = await Programs.HttpAsync(release);
        string file = folder.Write("beyla.toml", $$"""
            [[discovery.services]]
            open_ports = {{target.Port}}
            [discovery.services.routes]
            outgoing = ["/status"]

            [routes]
            patterns = ["/missing/:id"]
            ignored_patterns = ["/silent"]

            [filter.application]
            http.request.method = { not_match = "HEAD" }
            """);
        await using Agent agent = await Agent.StartAsync(o => o.ConfigFile = file);
        await agent.AttachedAsync(target.Pid);

        string origin = $"http://127.0.0.1:{TargetProcess.Text(target.Port)}";
        Send(target, "GET", "/missing/17?token=secret");
        Send(target, "GET", "/orders/17/items");
        Send(target, "GET", "/silent");                                                            // ignored
        Send(target, "HEAD", "/hello");                                                            // filtered
        Send(target, "GET", "/hello", $"traceparent: 00-{Trace}-{Parent}-00\r\n");                 // sampled out by the caller
        Send(target, "GET", "/large", $"traceparent: 00-{Trace}-{Parent}-01\r\n");
        Send(target, "GET", $"/client?url={Uri.EscapeDataString(origin + "/status")}", $"traceparent: 00-{Trace}-{Parent}-00\r\n"); // and so is its call
        Send(target, "GET", $"/client?url={Uri.EscapeDataString(origin + "/status")}");

        await agent.SpansShouldBeAsync(
            ExpectedSpan.Server("GET", "/missing/17", 404).With("http.route", "/missing/:id").With("url.query", null),
            ExpectedSpan.Server("GET", "/orders/17/items", 404).With("http.route", "/orders/*/items"),
            ExpectedSpan.Server("GET", "/large", 200).With("http.route", "/large"),
            ExpectedSpan.Server("GET", "/client", 200).With("http.route", "/client").With("url.query", null),
            ExpectedSpan.Client("GET", origin + "/status", 200).With("url.template", "/status"),
            ExpectedSpan.Server("GET", "/status", 200),
            ExpectedSpan.Server("GET", "/status", 200));
        Assert.All(agent.Spans, s => Assert.Equal($"GET {s.TextOf("http.route") ?? s.TextOf("url.template")}", s.Name));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Sampler_Ratio_KeepsOrDropsRequestAndCallTogether(Release release)
    {
        const int requests = 100;
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.Variables = new Dictionary<string, string>
        {
            ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio", ["OTEL_TRACES_SAMPLER_ARG"] = "0.5", ["BEYLA_FILTER_APPLICATION"] = "url_path!=/hello",
        });
        string url = Uri.EscapeDataString($"http://127.0.0.1:{TargetProcess.Text(target.Port)}/hello");
        for (int i = 0; i < requests; i++) Send(target, "GET", $"/client?url={url}");
        await agent.StopAsync();

        string[] served = [.. agent.Spans.Where(s => s.Kind == "server").Select(s => s.SpanId).Order()];
        string[] callers = [.. agent.Spans.Where(s => s.Kind == "client").Select(s => s.ParentSpanId).Order()];
        Assert.InRange(served.Length, 10, requests - 10);
        Assert.Equal(served, callers);
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Sampler_OfOneService_LeavesTheOthersAlone(Release release)
    {
        using TemporaryFolder folder = new();
        await using TargetProcess quiet = await Programs.HttpAsync(release), other = await Programs.HttpAsync(release);
        string file = folder.Write("beyla.toml", $"""
            open_port = {other.Port}
            [[discovery.services]]
            open_ports = {quiet.Port}
            sampler = {"{"} name = "always_off" {"}"}
            """);
        await using Agent agent = await Agent.StartAsync(o => (o.ConfigFile, o.TracePrinter) = (file, "counter"));
        await agent.AttachedAsync(quiet.Pid);
        await agent.AttachedAsync(other.Pid);
        for (int i = 0; i < 10; i++) Send(quiet, "GET", "/hello");
        for (int i = 0; i < 5; i++) Send(other, "GET", "/hello");
        await agent.StopAsync();

        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.Equal((5, 0, 10), (totals.AllSpans, totals.Lost, totals.NotLost.GetValueOrDefault("sampled-out")));
    }

    private static void Send(TargetProcess target, string method, string path, string headers = "")
    {
        using RawConnection connection = new(target.Port);
        connection.Request(method, path, headers + "Connection: close\r\n");
        Assert.StartsWith("HTTP/1.1 ", connection.ReadToEnd(), StringComparison.Ordinal);
    }
}

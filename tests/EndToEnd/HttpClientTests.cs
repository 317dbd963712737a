using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Requests that the target sends, in every build of it. It sends most of them to itself, so each gives a server span too.</summary>
public sealed class HttpClientTests
{
    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Call_EveryKindOfAnswer_GivesOneClientSpanEach(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        string self = $"http://127.0.0.1:{target.Port}";

        await CallAsync(target, $"{self}/hello");
        await CallAsync(target, $"{self}/missing");
        await CallAsync(target, $"{self}/timeout?ms=3000");
        await CallAsync(target, $"{self}/echo", "&method=POST&body=four");
        await CallAsync(target, $"{self}/head", "&method=HEAD");
        await CallAsync(target, $"http://user:secret@127.0.0.1:{target.Port}/nocontent");

        await agent.SpansShouldBeAsync(
        [
            .. target.Requests.ServerSpans(),
            ExpectedSpan.Client("GET", $"{self}/hello", 200).With("server.address", "127.0.0.1").With("server.port", target.Port), ExpectedSpan.Server("GET", "/hello", 200),
            ExpectedSpan.Client("GET", $"{self}/missing", 404).With("error.type", "404"), ExpectedSpan.Server("GET", "/missing", 404),
            ExpectedSpan.Client("GET", $"{self}/timeout", 503).With("error.type", "503"), ExpectedSpan.Server("GET", "/timeout", 503),
            ExpectedSpan.Client("POST", $"{self}/echo", 200).With("http.request.body.size", 4), ExpectedSpan.Server("POST", "/echo", 200),
            ExpectedSpan.Client("HEAD", $"{self}/head", 200), ExpectedSpan.Server("HEAD", "/head", 200),
            ExpectedSpan.Client("GET", $"{self}/nocontent", 204), ExpectedSpan.Server("GET", "/nocontent", 204),
        ]);
        await agent.StopAsync();
        await TextBytes.EqualFileAsync(target.Pid);
    }

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Redirect_Followed_GivesASpanForEachRoundTrip(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        string self = $"http://127.0.0.1:{target.Port}";

        await CallAsync(target, $"{self}/redirect");

        await agent.SpansShouldBeAsync(
        [
            .. target.Requests.ServerSpans(),
            ExpectedSpan.Client("GET", $"{self}/redirect", 302), ExpectedSpan.Server("GET", "/redirect", 302),
            ExpectedSpan.Client("GET", $"{self}/hello", 200), ExpectedSpan.Server("GET", "/hello", 200),
        ]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task ConnectionRefused_OfAClient_GivesAnErrorSpanThatSaysSo(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        string nobody = $"http://127.0.0.1:{LoopbackPort.Free()}/hello";

        await CallAsync(target, nobody);

        await agent.SpansShouldBeAsync([.. target.Requests.ServerSpans(), ExpectedSpan.Client("GET", nobody, null).With("error.type", "connection_refused")]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Call_ManyAtOnceAndAtEveryStackDepth_GivesOneSpanEach(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        string url = $"http://127.0.0.1:{target.Port}/hello";

        await target.Requests.GetAsync($"/grow?depths=200&url={Uri.EscapeDataString(url)}");
        await CallAsync(target, url, "&concurrent=50");

        await agent.SpansShouldBeAsync(
        [
            .. target.Requests.ServerSpans(),
            .. Enumerable.Repeat(ExpectedSpan.Client("GET", url, 200), 250), .. Enumerable.Repeat(ExpectedSpan.Server("GET", "/hello", 200), 250),
        ]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Call_InsideAnother_GivesASpanForBoth(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        string self = $"http://127.0.0.1:{target.Port}";

        await target.Requests.GetAsync($"/nested?url={Uri.EscapeDataString($"{self}/hello")}&inner={Uri.EscapeDataString($"{self}/missing")}");

        await agent.SpansShouldBeAsync(
        [
            .. target.Requests.ServerSpans(),
            ExpectedSpan.Client("GET", $"{self}/hello", 200), ExpectedSpan.Server("GET", "/hello", 200),
            ExpectedSpan.Client("GET", $"{self}/missing", 404), ExpectedSpan.Server("GET", "/missing", 404),
        ]);
        await agent.StopAsync();
    }

    /// <summary>
    /// Where Go's stack grows at the start of a function, the function begins anew. A probe on the stack check itself (all there is to emulate
    /// before Go 1.21) is hit again then; the push behind it is not.
    /// </summary>
    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Call_WhileTheStackGrows_GivesOneSpanEach(Release release)
    {
        const int Calls = 200;
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.TracePrinter = "counter");

        await target.Requests.GetAsync($"/grow?depths={Calls}&url={Uri.EscapeDataString($"http://127.0.0.1:{target.Port}/hello")}");
        await agent.StopAsync();

        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.Equal((1 + 2 * Calls, 0), (totals.AllSpans, totals.Lost));                  // each call is served here, too
        long repeated = totals.NotLost.GetValueOrDefault("repeated");
        Assert.True(release.Build.StartsWith("1.19", StringComparison.Ordinal) ? repeated > 0 : repeated == 0, $"{repeated} hits were repeated");
    }

    private static Task CallAsync(TargetProcess target, string url, string how = "") =>
        target.Requests.GetAsync($"/client?url={Uri.EscapeDataString(url)}{how}");
}

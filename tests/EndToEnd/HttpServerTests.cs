using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>What can happen to a served request beside a plain answer, in every build of the target.</summary>
public sealed class HttpServerTests
{
    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Panic_InTheHandler_EndsTheSpanWithAnError(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        foreach (string path in new[] { "/panic", "/panic-late", "/abort" })
        {
            using RawConnection connection = new(target.Port);
            connection.Request("GET", path);
            connection.ReadToEnd();
        }
        await target.Requests.GetAsync("/hello");

        await agent.SpansShouldBeAsync(
        [
            new ExpectedSpan("server", "GET", "/panic", null).With("error.type", "panic"),
            new ExpectedSpan("server", "GET", "/panic-late", 202) { Failed = true }.With("error.type", "panic"),
            new ExpectedSpan("server", "GET", "/abort", null).With("error.type", "panic"),
            .. target.Requests.ServerSpans(),
        ]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Hijack_OnEitherGoroutine_EndsTheSpan(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        foreach (string path in new[] { "/hijack", "/hijack?elsewhere=1" })
        {
            using RawConnection connection = new(target.Port);
            connection.Request("GET", path, "Connection: Upgrade\r\nUpgrade: echo\r\n");
            connection.ReadUntil(t => t.Contains("\r\n\r\n", StringComparison.Ordinal));
            connection.Write("ping\n");
            Assert.EndsWith("ping\n", connection.ReadToEnd(), StringComparison.Ordinal);
        }

        ExpectedSpan hijacked = new ExpectedSpan("server", "GET", "/hijack", null) { Failed = false };
        await agent.SpansShouldBeAsync(hijacked, hijacked);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Pipelining_OneConnection_GivesOneSpanEachInOrder(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        using RawConnection connection = new(target.Port);
        const string More = "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /missing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        connection.Write(More + More + "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\r\nbody");
        connection.ReadUntil(t => Regex.Count(t, "HTTP/1.1 ") == 5 && t.EndsWith("body", StringComparison.Ordinal));

        ExpectedSpan hello = ExpectedSpan.Server("GET", "/hello", 200).With("network.peer.port", connection.LocalPort);
        ExpectedSpan missing = ExpectedSpan.Server("GET", "/missing", 404).With("network.peer.port", connection.LocalPort);
        ExpectedSpan echo = ExpectedSpan.Server("POST", "/echo", 200).With("http.request.body.size", 4).With("http.response.body.size", 4);
        await agent.SpansShouldBeAsync(hello, missing, hello, missing, echo);
        IEnumerable<SpanRecord> ordered = agent.Spans.OrderBy(s => s.Start);
        Assert.Equal(["/hello", "/missing", "/hello", "/missing", "/echo"], ordered.Select(s => s.TextOf("url.path")));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Connections_OneRequestEachAndManyAtOnce_GiveOneSpanEach(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16 }, (_, _) =>
        {
            using RawConnection connection = new(target.Port);
            connection.Request("GET", "/hello", "Connection: close\r\n");
            connection.ReadToEnd();
            return ValueTask.CompletedTask;
        });

        await agent.SpansShouldBeAsync([.. Enumerable.Repeat(ExpectedSpan.Server("GET", "/hello", 200), 200)]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Slow_Handler_LastsAsLongAsTheAnswer(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        await target.Requests.GetAsync("/slow?ms=200");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        SpanRecord span = Assert.Single(agent.Spans);
        Assert.InRange((span.End - span.Start) / 1e6, 200, 1000);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Request_ReplacedInPlaceByTheHandler_HasTheNewMethodAndTheTargetAskedFor(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        await target.Requests.GetAsync("/rewrite");

        await agent.SpansShouldBeAsync(ExpectedSpan.Server("PATCH", "/rewrite", 200));     // docs/limits.md
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Request_AnsweredBeforeAnyHandler_HasNoSpan(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);

        using (RawConnection connection = new(target.Port))
        {
            connection.Request("GET", "/hello", "Expect: a miracle\r\nConnection: close\r\n");
            Assert.StartsWith("HTTP/1.1 417 ", connection.ReadToEnd(), StringComparison.Ordinal);
        }
        using (RawConnection connection = new(target.Port))
        {
            connection.Write("nonsense\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 400 ", connection.ReadToEnd(), StringComparison.Ordinal);
        }
        await target.Requests.GetAsync("/missing");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());                     // docs/limits.md
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Target_TooLong_IsCutAndCounted(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        string path = "/" + string.Concat(Enumerable.Range(0, 100).Select(i => i.ToString("d4", System.Globalization.CultureInfo.InvariantCulture)));
        await using (Agent agent = await Agent.StartAsync(target))
        {
            await target.Requests.GetAsync(path);
            await agent.SpansShouldBeAsync(ExpectedSpan.Server("GET", path[..283], 404));
            await agent.StopAsync();
        }
        await using Agent counting = await Agent.StartAsync(target, o => o.TracePrinter = "counter");
        await target.Requests.GetAsync(path, path[..200]);
        await counting.StopAsync();

        CounterTotals totals = CounterTotals.LastOf(counting);
        Assert.Equal((2, 0, 1), (totals.AllSpans, totals.Lost, totals.NotLost["truncated"]));
    }

    /// <summary>
    /// A probe behind Go's stack check by <c>jbe</c> (Go before 1.21) fires again when the stack grows. Each request is served twice: by net/http, where reading the
    /// request has made the stack large enough, and on a new goroutine that lets it grow at the function's first instruction.
    /// </summary>
    [AgentTheory, MemberData(nameof(Releases.DeepServe), MemberType = typeof(Releases))]
    public async Task Request_WhoseStackGrowsWhereServingBegins_GivesOneSpan(Release release)
    {
        const int Depths = 128;
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.TracePrinter = "counter");

        for (int depth = 0; depth < Depths; depth++) await target.Requests.GetAsync($"/?depth={TargetProcess.Text(depth)}");
        await agent.StopAsync();

        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.Equal((2 * Depths, 0), (totals.AllSpans, totals.Lost));
        long repeated = totals.NotLost.GetValueOrDefault("repeated");
        Assert.True(release.Build == "1.19" ? repeated > 0 : repeated == 0, $"{repeated} hits were repeated");
    }
}

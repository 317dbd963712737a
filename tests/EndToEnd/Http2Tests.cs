using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>HTTP/2 by each copy of it that Go programs have, over TLS and in clear text. Server and client are traced, so each request gives two spans.</summary>
public sealed class Http2Tests
{
    [AgentTheory, MemberData(nameof(Releases.H2), MemberType = typeof(Releases))]
    public async Task Requests_OfEveryKind_GiveOneSpanOnEachSide(Release release, string mode)
    {
        const int FiveMB = 5 << 20;
        await using Http2Pair pair = await Http2Pair.StartAsync(release, mode);
        await using Agent agent = await pair.TraceAsync();
        List<ExpectedSpan> expected = [];

        await AskAsync("GET", "/hello", 200, answer: 6);
        await AskAsync("GET", "/missing", 404, answer: 19);
        await AskAsync("GET", "/status", 503, "?code=503");
        await AskAsync("GET", "/silent", 200);
        await AskAsync("HEAD", "/hello", 200);
        await AskAsync("POST", "/echo", 200, bytes: FiveMB, answer: FiveMB);
        await AskAsync("GET", "/large", 200, $"?bytes={FiveMB}", answer: FiveMB);
        await AskAsync("GET", "/flush", 200, answer: 60);
        await AskAsync("GET", "/trailers", 200, answer: 5);
        await AskAsync("GET", "/push", 200, answer: 21);                   // Go's clients switch pushes off: the handler answers with the error
        await AskAsync("GET", "/goaway", 200, answer: 18);
        await AskAsync("GET", "/hello", 200, answer: 6);                    // on a new connection

        await agent.SpansShouldBeAsync(expected);
        await agent.StopAsync();
        await TextBytes.EqualFileAsync(pair.Server.Pid);
        await TextBytes.EqualFileAsync(pair.Client.Pid);

        async Task AskAsync(string method, string path, int status, string query = "", int bytes = 0, int answer = 0)
        {
            H2Result result = Assert.Single(await pair.SendAsync(new(path + query, method, Bytes: bytes)));
            Assert.Equal((status, "HTTP/2.0", method == "HEAD" ? 0 : answer, null), (result.Status, result.Proto, (int)result.Bytes, result.Error));
            expected.Add(pair.ServerSpan(method, path, status).With("http.request.body.size", bytes).With("http.response.body.size", method == "HEAD" ? 0 : answer));
            expected.Add(pair.ClientSpan(method, path, status));
        }
    }

    [AgentTheory, MemberData(nameof(Releases.H2), MemberType = typeof(Releases))]
    public async Task Streams_ThatEndBadly_EndTheirSpansWithWhatIsTrue(Release release, string mode)
    {
        await using Http2Pair pair = await Http2Pair.StartAsync(release, mode);
        await using Agent agent = await pair.TraceAsync();

        await pair.SendAsync(new("/abort"));
        await pair.SendAsync(new("/abort-late"));
        await pair.SendAsync(new("/panic"));
        await pair.SendAsync(new("/wait?cancelled", CancelMs: 100));
        await pair.SendAsync(new("/wait?late", DeadlineMs: 100));
        await pair.SendAsync(new("/hello"));                               // the connection has survived all that

        await agent.SpansShouldBeAsync(
        [
            .. new[] { "/abort", "/panic" }.SelectMany(path => new[]
            {
                pair.ServerSpan("GET", path, null).With("error.type", "panic"), pair.ClientSpan("GET", path, null).With("error.type", "_OTHER"),
            }),
            pair.ServerSpan("GET", "/abort-late", 202).With("error.type", "panic") with { Failed = true }, pair.ClientSpan("GET", "/abort-late", 202),
            .. Enumerable.Repeat(pair.ServerSpan("GET", "/wait", null).With("error.type", "stream_closed"), 2),
            pair.ClientSpan("GET", "/wait", null).With("error.type", Known(release, mode, "cancelled")),
            pair.ClientSpan("GET", "/wait", null).With("error.type", Known(release, mode, "timeout")),
            pair.ServerSpan("GET", "/hello", 200), pair.ClientSpan("GET", "/hello", 200),
        ]);
        await agent.StopAsync();
    }

    /// <summary>x/net's RoundTripOpt as Go 1.24 compiles it leaves by one instruction where the error's place is not known: docs/limits.md.</summary>
    private static string Known(Release release, string mode, string error) => release.Build == "trixie-1.24" && mode is ("h2c" or "x") ? "_OTHER" : error;

    [AgentTheory, MemberData(nameof(Releases.H2), MemberType = typeof(Releases))]
    public async Task Streams_HundredAtOnceOnAConnection_GiveOneSpanEach(Release release, string mode)
    {
        const int Requests = 400;
        await using Http2Pair pair = await Http2Pair.StartAsync(release, mode);
        await using Agent agent = await pair.TraceAsync();

        await pair.SendAsync(new("/hello"));                               // so that there is a connection to share
        await pair.SendAsync(new("/slow?ms=20&i={i}", Count: Requests, Concurrency: 100));

        await agent.SpansShouldBeAsync(
        [
            pair.ServerSpan("GET", "/hello", 200), pair.ClientSpan("GET", "/hello", 200),
            .. Enumerable.Repeat(pair.ServerSpan("GET", "/slow", 200), Requests), .. Enumerable.Repeat(pair.ClientSpan("GET", "/slow", 200), Requests),
        ]);
        Assert.Single(agent.Spans.Where(s => s.Kind == "server").Select(s => s.NumberOf("network.peer.port")).Distinct());
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.H2), MemberType = typeof(Releases))]
    public async Task Client_WhoseServerIsKilled_GivesErrorSpansWithoutStatus(Release release, string mode)
    {
        await using Http2Pair pair = await Http2Pair.StartAsync(release, mode);
        await using Agent agent = await pair.TraceAsync();

        await pair.SendAsync(new("/hello"));
        await pair.Client.TellAsync(new H2Requests(pair.Url("/wait")));
        await pair.Server.KillAsync();
        await pair.Client.AnswerAsync<H2Result[]>();
        await pair.SendAsync(new("/hello"));                               // connection refused

        await agent.SpansShouldBeAsync(
        [
            pair.ServerSpan("GET", "/hello", 200), pair.ClientSpan("GET", "/hello", 200),
            pair.ClientSpan("GET", "/wait", null),                         // its error depends on how far it had come
            pair.ClientSpan("GET", "/hello", null).With("error.type", "connection_refused"),
        ]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.H2), MemberType = typeof(Releases))]
    public async Task Headers_ThatAreWanted_AreInTheSpansOfBothSides(Release release, string mode)
    {
        await using Http2Pair pair = await Http2Pair.StartAsync(release, mode);
        using TemporaryFolder folder = new();
        await using Agent agent = await pair.TraceAsync(
            o => o.ConfigFile = folder.Write("beyla.toml", "[tracers.net-http]\ncapture_headers = [\"x-tenant\", \"location\"]\n"));

        await pair.SendAsync(new("/redirect", Headers: new Dictionary<string, string> { ["x-tenant"] = "blue" }));
        await pair.SendAsync(new("/hello"));

        await agent.SpansShouldBeAsync(
        [
            .. new[] { pair.ServerSpan("GET", "/redirect", 302), pair.ClientSpan("GET", "/redirect", 302) }
                .Select(s => s.With("http.request.header.x-tenant", new[] { "blue" }).With("http.response.header.location", new[] { "/hello" })),
            .. new[] { pair.ServerSpan("GET", "/hello", 200), pair.ClientSpan("GET", "/hello", 200) }
                .Select(s => s.With("http.request.header.x-tenant", null).With("http.response.header.location", null)),
        ]);
        await agent.StopAsync();
    }

    /// <summary>A probe behind Go's stack check by <c>jbe</c> (Go before 1.21) fires again when the stack grows.</summary>
    [AgentTheory, MemberData(nameof(Releases.H2Deep), MemberType = typeof(Releases))]
    public async Task Handlers_WhileTheStackGrows_GiveOneSpanEach(Release release, string mode)
    {
        const int Requests = 300;
        await using Http2Pair pair = await Http2Pair.StartAsync(release, mode);
        await using Agent agent = await pair.TraceAsync(o => o.TracePrinter = "counter");

        await pair.SendAsync(new("/grow?depth={i}", Count: Requests, Concurrency: 4));
        await agent.StopAsync();

        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.Equal((2 * Requests, 0), (totals.AllSpans, totals.Lost));
    }
}

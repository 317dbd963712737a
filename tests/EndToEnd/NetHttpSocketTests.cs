using System.Globalization;
using System.Net;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>
/// What can happen on a connection of a Go server, with both fronts of net-http: each request gives one span, whatever shape its bytes come in. What
/// handlers do is in <see cref="HttpServerTests"/>.
/// </summary>
public sealed class NetHttpSocketTests
{
    /// <summary>The typical build with each front.</summary>
    public static TheoryData<Release, string> Fronts { get; } = Releases.TypicalWith("socket", "uprobe");

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task Head_InPieces_GivesOneSpan(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, front);

        using RawConnection connection = new(target.Port);
        foreach (string piece in new[] { "G", "ET /he", "llo HTTP/1.1\r\nHo", "st: 127.0.0.1\r\n\r", "\n" }) connection.Write(piece);
        connection.ReadUntil(t => t.EndsWith("hello\n", StringComparison.Ordinal));
        connection.Request("GET", "/missing");
        connection.ReadUntil(t => t.Contains("not found", StringComparison.Ordinal));

        await agent.SpansShouldBeAsync(ExpectedSpan.Server("GET", "/hello", 200), ExpectedSpan.Server("GET", "/missing", 404));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task Body_ThatLooksLikeRequests_GivesOneSpan(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, front);

        string body = string.Concat(Enumerable.Repeat("GET /hello HTTP/1.1\r\n\r\n", 10_000));
        using RawConnection connection = new(target.Port);
        string length = body.Length.ToString(CultureInfo.InvariantCulture);
        connection.Write($"POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n{body}");
        connection.ReadUntil(t => t.Length > body.Length && t.EndsWith("\r\n\r\n", StringComparison.Ordinal));
        connection.Request("GET", "/hello");
        connection.ReadUntil(t => t.EndsWith("hello\n", StringComparison.Ordinal));

        await agent.SpansShouldBeAsync(
            ExpectedSpan.Server("POST", "/echo", 200).With("http.request.body.size", body.Length).With("http.response.body.size", body.Length),
            ExpectedSpan.Server("GET", "/hello", 200));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task Body_ThatTheHandlerLeaves_IsNoRequest(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, front);

        using RawConnection connection = new(target.Port);
        connection.Write("POST /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n");
        connection.Write(new string('x', 100_000));
        connection.ReadUntil(t => t.EndsWith("hello\n", StringComparison.Ordinal));
        connection.Request("GET", "/missing");
        connection.ReadUntil(t => t.Contains("not found", StringComparison.Ordinal));

        await agent.SpansShouldBeAsync(ExpectedSpan.Server("POST", "/hello", 200), ExpectedSpan.Server("GET", "/missing", 404));
        SpanRecord[] ordered = [.. agent.Spans.OrderBy(s => s.Start)];
        Assert.True(ordered[1].Start >= ordered[0].End, "the second request begins before the first is over");
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task Continue_BeforeTheBody_GivesOneSpanWithTheFinalStatus(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, front);

        using RawConnection connection = new(target.Port);
        connection.Write("POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        connection.ReadUntil(t => t.StartsWith("HTTP/1.1 100 ", StringComparison.Ordinal) && t.EndsWith("\r\n\r\n", StringComparison.Ordinal));
        connection.Write("body");
        connection.ReadUntil(t => t.EndsWith("body", StringComparison.Ordinal));

        await agent.SpansShouldBeAsync(ExpectedSpan.Server("POST", "/echo", 200).With("http.request.body.size", 4).With("http.response.body.size", 4));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task Http10_WithAndWithoutKeepAlive_GivesOneSpanEach(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, front);

        using RawConnection connection = new(target.Port);
        connection.Write("GET /head HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        connection.ReadUntil(t => t.EndsWith("hello\n", StringComparison.Ordinal));
        connection.Write("GET /large?bytes=300000 HTTP/1.0\r\n\r\n");
        connection.ReadToEnd();

        await agent.SpansShouldBeAsync(
            ExpectedSpan.Server("GET", "/head", 200).With("network.protocol.version", "1.0"),
            ExpectedSpan.Server("GET", "/large", 200).With("network.protocol.version", "1.0").With("http.response.body.size", 300_000));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task NextRequest_WhileTheHandlerRuns_GivesASpanOfItsOwn(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, front);

        using RawConnection connection = new(target.Port);
        connection.Request("GET", "/slow?ms=200");
        connection.Request("GET", "/missing"); // its first byte is read ahead
        connection.ReadUntil(t => t.Contains("not found", StringComparison.Ordinal));

        await agent.SpansShouldBeAsync(ExpectedSpan.Server("GET", "/slow", 200), ExpectedSpan.Server("GET", "/missing", 404));
        SpanRecord[] ordered = [.. agent.Spans.OrderBy(s => s.Start)];
        Assert.Equal("/slow", ordered[0].TextOf("url.path"));
        Assert.True(ordered[1].Start >= ordered[0].End, "the second request is served before the first is over");
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task Connection_OlderThanTheAgent_IsSeenFromItsNextRequestOn(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        using RawConnection idle = new(target.Port), busy = new(target.Port);
        idle.Request("GET", "/hello");
        idle.ReadUntil(t => t.EndsWith("hello\n", StringComparison.Ordinal));
        busy.Write("POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 8\r\n\r\nhalf");
        await using Agent agent = await StartAsync(target, front);

        idle.Request("GET", "/missing");
        idle.ReadUntil(t => t.Contains("not found", StringComparison.Ordinal));
        busy.Write("half");
        busy.ReadUntil(t => t.EndsWith("halfhalf", StringComparison.Ordinal));
        busy.Request("GET", "/hello");
        busy.ReadUntil(t => t.EndsWith("hello\n", StringComparison.Ordinal));

        await agent.SpansShouldBeAsync(ExpectedSpan.Server("GET", "/missing", 404), ExpectedSpan.Server("GET", "/hello", 200));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task TimeoutHandler_AnswersFromAnotherGoroutine_GivesOneSpan(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, front);

        await target.Requests.GetAsync("/timeout?ms=1000", "/timeout?ms=0");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task Client_ThatIsGoneBeforeTheAnswer_GivesASpan(Release release, string front)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, front);

        using (RawConnection connection = new(target.Port))
        {
            connection.Request("GET", "/slow?ms=300");
            await target.Requests.GetAsync("/hello");
        }
        await target.Requests.GetAsync("/missing");

        await agent.SpansShouldBeAsync([.. target.Requests.ServerSpans(), ExpectedSpan.Server("GET", "/slow", 200)]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Fronts))]
    public async Task Tls_BothVersionsOfHttp_GiveOneSpanEach(Release release, string front)
    {
        await using TargetProcess target = await TlsAsync(release);
        await using Agent agent = await StartAsync(target, front);
        using HttpClientHandler trusting = new() { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using HttpClient client = new(trusting);
        List<ExpectedSpan> expected = [];

        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            for (int i = 0; i < 20; i++)
            {
                foreach ((string path, int status, int size) in new[] { ("/hello", 200, 6), ("/missing", 404, 19), ("/large?bytes=100000", 200, 100_000) })
                {
                    using HttpRequestMessage request = new(HttpMethod.Get, $"https://127.0.0.1:{TargetProcess.Text(target.Port)}{path}") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                    using HttpResponseMessage answer = await client.SendAsync(request);
                    Assert.Equal((status, size), ((int)answer.StatusCode, (await answer.Content.ReadAsByteArrayAsync()).Length));
                    expected.Add(ExpectedSpan.Server("GET", path.Split('?')[0], status)
                        .With("url.scheme", "https").With("network.protocol.version", version.Major == 2 ? "2" : "1.1").With("http.response.body.size", size));
                }
            }
        }

        await agent.SpansShouldBeAsync([.. expected]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Sockets_InEveryBuild_GiveOneSpanEach(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target, "socket");

        await target.Requests.GetAsync("/hello", "/missing", "/silent", "/large");

        Assert.Contains(agent.Log.Lines, l => l.Contains("net-http/server-sockets,", StringComparison.Ordinal));
        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
    }

    /// <summary>The sockets do not show all: who wants them says so.</summary>
    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Auto_InEveryBuild_ChoosesTheProbes(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.TracePrinter = "disabled");

        Assert.Contains(agent.Log.Lines, l => l.Contains(" net-http/server,", StringComparison.Ordinal));
        await agent.StopAsync();
    }

    private static Task<TargetProcess> TlsAsync(Release release)
    {
        int port = LoopbackPort.Free();
        return TargetProcess.StartAsync(release.Executable, port, ["-listen", $"127.0.0.1:{TargetProcess.Text(port)}", "-tls"], "listening on");
    }

    private static Task<Agent> StartAsync(TargetProcess target, string front) =>
        Agent.StartAsync(target, o => o.Variables = new Dictionary<string, string> { ["BEYLA_TRACERS_NET_HTTP_FRONT"] = front });
}

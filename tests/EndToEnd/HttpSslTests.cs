using System.Globalization;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>HTTPS of programs that are not Go's, by the calls of their TLS libraries: one span a request and side, with the right peer, and none from ciphertext.</summary>
public sealed class HttpSslTests
{
    private const string Python = "/usr/bin/python3", Node = "/usr/bin/node", Nginx = "/usr/sbin/nginx", Curl = "/usr/bin/curl", Wget = "/usr/bin/wget";

    [ProgramFact(Nginx)]
    public async Task Nginx_RequestsOnSeveralConnections_GivesOneSpanEach()
    {
        await using TargetProcess server = await TlsServer.StartAsync("nginx");
        await using Agent agent = await Agent.StartAsync(server);

        await ServerShouldBeTracedAsync(server, agent, posts: false);
    }

    [ProgramFact(Nginx)]
    public async Task Nginx_Http2WithManyStreams_GivesOneSpanEach()
    {
        await using TargetProcess server = await TlsServer.StartAsync("nginx");
        await using Agent agent = await Agent.StartAsync(server);
        using TlsConnection first = TlsServer.Connect(server.Port, "2.0"), second = TlsServer.Connect(server.Port, "2.0");

        await first.GetAsync("/status/404", 404);
        await second.GetAsync("/status/500", 500);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => first.GetAsync(i % 2 == 0 ? "/ok" : "/bytes/300000", 200)));

        await agent.SpansShouldBeAsync(
        [
            Http2Span(first, "/status/404", 404, 6), Http2Span(second, "/status/500", 500, 6),
            .. Enumerable.Repeat(Http2Span(first, "/ok", 200, 5), 25), .. Enumerable.Repeat(Http2Span(first, "/bytes/300000", 200, 300_000), 25),
        ]);
        await agent.StopAsync();

        ExpectedSpan Http2Span(TlsConnection connection, string path, int status, int bytes) =>
            ServerSpan(server, connection, "GET", path, status, bytes).With("network.protocol.version", "2");
    }

    [ProgramFact(Nginx)]
    public async Task Nginx_Http2WhenItsSocketIsFull_GivesOneSpanForEveryRequest()
    {
        const int Requests = 100;
        await using TargetProcess server = await TlsServer.StartAsync("nginx");
        await using Agent agent = await Agent.StartAsync(server);

        int port = await Http2Burst.GetAsync(server.Port, "/bytes/3000", Requests);

        await agent.SpansShouldBeAsync([.. Enumerable.Repeat(
            new ExpectedSpan("server", "GET", "/bytes/3000", 200).With("network.peer.port", port).With("http.response.body.size", 3000), Requests)]);
        await agent.StopAsync();
    }

    [ProgramFact(Python)]
    public async Task Python_RequestsOnSeveralConnections_GivesOneSpanEach()
    {
        await using TargetProcess server = await TlsServer.StartAsync("python3");
        await using Agent agent = await Agent.StartAsync(server);

        await ServerShouldBeTracedAsync(server, agent);
    }

    [ProgramFact(Node)]
    public async Task Node_RequestsOnSeveralConnections_GivesOneSpanEach()
    {
        await using TargetProcess server = await TlsServer.StartAsync("node");
        await using Agent agent = await Agent.StartAsync(server);

        await ServerShouldBeTracedAsync(server, agent);
    }

    [ProgramFact(Python)]
    public Task Python_ConnectionOlderThanTheAgent_GivesSpansOnceItsBlockedReadIsOver() => OldConnectionShouldBeTracedAsync("python3", unseen: 1);

    [ProgramFact(Node)]
    public Task Node_ConnectionOlderThanTheAgent_GivesSpansFromItsNextRequestOn() => OldConnectionShouldBeTracedAsync("node");

    [ProgramFact(Nginx)]
    public Task Nginx_ConnectionOlderThanTheAgent_GivesSpansFromItsNextRequestOn() => OldConnectionShouldBeTracedAsync("nginx");

    [ProgramFact(Python)]
    public async Task Python_ManyShortConnections_EachSpanHasThePeerOfItsOwn()
    {
        await using TargetProcess server = await TlsServer.StartAsync("python3");
        await using Agent agent = await Agent.StartAsync(server);

        List<ExpectedSpan> expected = [];
        for (int i = 0; i < 50; i++)
        {
            // The library gives the next session the memory of the last.
            using TlsConnection connection = TlsServer.Connect(server.Port);
            await connection.GetAsync($"/bytes/{i}", 200);
            expected.Add(ServerSpan(server, connection, "GET", $"/bytes/{i}", 200, i));
        }

        await agent.SpansShouldBeAsync(expected);
        await agent.StopAsync();
    }

    [ProgramFact(Nginx, Curl)]
    public Task Curl_TwoRequests_GiveOneSpanEach() => CurlShouldBeTracedAsync("--http1.1");

    [ProgramFact(Nginx, Curl)]
    public Task Curl_TwoRequestsByHttp2_GiveOneSpanEach() => CurlShouldBeTracedAsync("--http2");

    [ProgramFact(Nginx, Wget)]
    public Task WgetWithGnuTls_TwoRequests_GiveOneSpanEach() =>
        ClientShouldBeTracedAsync(Wget, "gnutls", ["-q", "--no-check-certificate", "-O", "/dev/null", "-i", "-"], (client, urls) => client.FeedAsync(string.Join('\n', urls), exitCode: 8));

    [ProgramFact(Nginx, Python)]
    public Task PythonClient_TwoRequests_GiveOneSpanEach() => ClientShouldBeTracedAsync(Python, "openssl", [TlsServer.Script("client.py")], AskAsync);

    [ProgramFact(Nginx, Python)]
    public Task PythonClient_WithAsyncio_GivesOneSpanEach() =>
        ClientShouldBeTracedAsync(Python, "openssl", [TlsServer.Script("client.py")], (client, urls) => AskAsync(client, [.. urls.Select(u => $"asyncio {u}")]));

    [ProgramFact(Nginx, Node)]
    public Task NodeClient_TwoRequests_GiveOneSpanEach() => ClientShouldBeTracedAsync(Node, "openssl", [TlsServer.Script("client.js")], AskAsync);

    [ProgramFact(Nginx, Node)]
    public Task NodeClient_WithFetch_GivesOneSpanEach() =>
        ClientShouldBeTracedAsync(Node, "openssl", [TlsServer.Script("client.js")], (client, urls) => AskAsync(client, [.. urls.Select(u => $"fetch {u}")]));

    [ProgramFact(Nginx, Python)]
    public async Task Library_LoadedWhenTheProgramHasLongRun_IsProbedBeforeTheNextRequest()
    {
        await using TargetProcess server = await TlsServer.StartAsync("nginx");
        using TemporaryFolder folder = new();
        await using Agent agent = await StartForAsync(folder);
        await using ChildProcess client = StartCopy(folder, Python, [TlsServer.Script("client.py"), "late"]);
        await agent.AttachedAsync(client.Pid);
        Assert.DoesNotContain(agent.Log.Lines, l => l.Contains("http-ssl/", StringComparison.Ordinal));
        string url = $"https://127.0.0.1:{TargetProcess.Text(server.Port)}/late";

        await AskAsync(client, [url]);
        await LibraryAttachedAsync(agent, client.Pid, "openssl");
        await AskAsync(client, [url]);

        await Eventually.TrueAsync(() => agent.Spans.Count >= 1, Eventually.Soon, () => agent.Log.ToString());
        await agent.StopAsync();
        Assert.All(agent.Spans, s => Assert.Equal(server.Port, s.NumberOf("network.peer.port")));
        Assert.InRange(agent.Spans.Count, 1, 2);
    }

    [ProgramFact(Nginx, Python)]
    public async Task Pool_Of64ThreadsAnd16ConnectionsToTwoServers_HasNoWrongPeer()
    {
        int first = LoopbackPort.FreeRange(2);
        await using TargetProcess servers = await TlsServer.StartNginxAsync(first, first + 1);
        using TemporaryFolder folder = new();
        await using Agent agent = await StartForAsync(folder);
        await using ChildProcess client = StartCopy(folder, Python, [TlsServer.Script("client.py")]);
        await LibraryAttachedAsync(agent, client.Pid, "openssl");

        await AskAsync(client, [$"pool 64 1000 {first} {first + 1}"]);

        await Eventually.TrueAsync(() => agent.Spans.Count >= 64_000, Eventually.Soon, () => $"{agent.Spans.Count} spans\n{agent.Log}");
        await agent.StopAsync();
        Assert.Equal(64_000, agent.Spans.Select(s => s.TextOf("url.full")).Distinct().Count());
        Assert.Equal(64_000, agent.Spans.Count);
        // The path says which server was asked.
        Assert.DoesNotContain(agent.Spans, s => s.NumberOf("network.peer.port") != long.Parse(new Uri(s.TextOf("url.full")!).Segments[1].TrimEnd('/'), CultureInfo.InvariantCulture));
    }

    private static async Task ServerShouldBeTracedAsync(TargetProcess server, Agent agent, bool posts = true)
    {
        using TlsConnection first = TlsServer.Connect(server.Port), second = TlsServer.Connect(server.Port);
        await first.GetAsync("/status/404", 404);
        await second.GetAsync("/bytes/300000", 200);
        await first.GetAsync("/status/500", 500);
        if (posts) await second.PostAsync(200_000);
        TlsConnection[] others = [.. Enumerable.Range(0, 8).Select(_ => TlsServer.Connect(server.Port))];
        await Task.WhenAll(others.Select(c => c.GetAsync("/bytes/300000", 200)));

        await agent.SpansShouldBeAsync(
        [
            ServerSpan(server, first, "GET", "/status/404", 404, 6), ServerSpan(server, first, "GET", "/status/500", 500, 6),
            ServerSpan(server, second, "GET", "/bytes/300000", 200, 300_000),
            .. posts ? [ServerSpan(server, second, "POST", "/length", 200, 6).With("http.request.body.size", 200_000)] : Array.Empty<ExpectedSpan>(),
            .. others.Select(c => ServerSpan(server, c, "GET", "/bytes/300000", 200, 300_000)),
        ]);
        foreach (TlsConnection other in others) other.Dispose();
        await agent.StopAsync();
        Assert.All(agent.Spans, s => Assert.Equal("http-ssl", s.Tracer));
    }

    /// <param name="program">The server.</param>
    /// <param name="unseen">Requests that are not seen: a thread that has been waiting in SSL_read since before the agent came returns unseen.</param>
    private static async Task OldConnectionShouldBeTracedAsync(string program, int unseen = 0)
    {
        await using TargetProcess server = await TlsServer.StartAsync(program);
        using TlsConnection old = TlsServer.Connect(server.Port);
        await old.GetAsync("/status/404", 404);
        await using Agent agent = await Agent.StartAsync(server);

        for (int i = 0; i < unseen; i++) await old.GetAsync("/status/404", 404);
        await old.GetAsync("/bytes/300000", 200);
        await old.GetAsync("/status/500", 500);

        await agent.SpansShouldBeAsync(ServerSpan(server, old, "GET", "/bytes/300000", 200, 300_000), ServerSpan(server, old, "GET", "/status/500", 500, 6));
        await agent.StopAsync();
    }

    private static Task CurlShouldBeTracedAsync(string version) => ClientShouldBeTracedAsync(
        Curl, "openssl", ["-sk", version, "-o", "/dev/null", "-o", "/dev/null", "-K", "-"],
        (client, urls) => client.FeedAsync(string.Join('\n', urls.Select(u => $"url={u}"))));

    /// <summary>A client that waits for its URLs, so that the agent is there before its first request.</summary>
    private static async Task ClientShouldBeTracedAsync(string program, string library, IEnumerable<string> arguments, Func<ChildProcess, string[], Task> ask)
    {
        await using TargetProcess server = await TlsServer.StartAsync("nginx");
        using TemporaryFolder folder = new();
        await using Agent agent = await StartForAsync(folder);
        await using ChildProcess client = StartCopy(folder, program, arguments);
        await LibraryAttachedAsync(agent, client.Pid, library);
        string root = $"https://127.0.0.1:{TargetProcess.Text(server.Port)}";

        await ask(client, [$"{root}/one", $"{root}/status/404"]);

        await agent.SpansShouldBeAsync(
            ClientSpan($"{root}/one", 200, server.Port).With("http.response.body.size", 5),
            ClientSpan($"{root}/status/404", 404, server.Port));
        await agent.StopAsync();
        Assert.All(agent.Spans, s => Assert.Equal("http-ssl", s.Tracer));
    }

    private static ExpectedSpan ServerSpan(TargetProcess server, TlsConnection connection, string method, string path, int status, int bytes) =>
        ExpectedSpan.Server(method, path, status).With("url.scheme", "https").With("server.port", server.Port)
            .With("network.peer.port", connection.LocalPort).With("http.response.body.size", bytes);

    private static ExpectedSpan ClientSpan(string url, int status, int port) =>
        ExpectedSpan.Client("GET", url, status).With("network.peer.port", port).With("network.peer.address", "127.0.0.1").With("server.port", port);

    /// <summary>An agent that selects what is started from a folder: no other test's client is in it.</summary>
    private static Task<Agent> StartForAsync(TemporaryFolder folder) => Agent.StartAsync(o => o.ExecutableName = "^" + folder.Path + "/");

    private static ChildProcess StartCopy(TemporaryFolder folder, string program, IEnumerable<string> arguments) => ChildProcess.Start(folder.Copy(program), arguments);

    private static Task LibraryAttachedAsync(Agent agent, int pid, string group) => Eventually.TrueAsync(
        () => agent.Log.Lines.Any(l => l.Contains($"pid {pid}", StringComparison.Ordinal) && l.Contains($"http-ssl/{group}", StringComparison.Ordinal)),
        Eventually.Soon, () => $"no library of pid {pid} is probed.\n{agent.Log}");

    private static async Task AskAsync(ChildProcess client, string[] lines)
    {
        await Eventually.TrueAsync(() => client.Output.Lines.Count > 0, Eventually.Soon, client.ToString);
        foreach (string line in lines)
        {
            int answers = client.Output.Lines.Count;
            await client.WriteLineAsync(line);
            await Eventually.TrueAsync(() => client.Output.Lines.Count > answers, TimeSpan.FromMinutes(2), client.ToString);
        }
    }
}

using System.Text;
using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;
using static EndToEnd.Harness.ExpectedSpan;

namespace EndToEnd;

/// <summary>HTTP/1 of programs that are not Go, seen on their sockets.</summary>
public sealed class HttpFilterTests
{
    private const string Host = "Host: 127.0.0.1\r\n\r\n";

    [ProgramFact("python3")]
    public async Task PythonServer_RequestsOfEveryKind_GiveExactlyOneSpanEach()
    {
        using TemporaryFolder files = new();
        files.Write("hello.txt", "hello\n");
        files.Write("big", new string('x', 300_000));
        await using TargetProcess target = await SocketPrograms.PythonFilesAsync(files, LoopbackPort.Free());
        await using Agent agent = await Agent.StartAsync(target);

        await target.Requests.GetAsync("/hello.txt?query", "/missing", "/big");
        await target.Requests.SendAsync("POST", "/hello.txt", "body");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
    }

    [ProgramFact("nginx")]
    public async Task Nginx_WorkersSendfileAndKeptConnections_GiveExactlyOneSpanEach()
    {
        using TemporaryFolder folder = new();
        folder.Write("files/big", new string('x', 300_000));
        await using TargetProcess target = await SocketPrograms.NginxAsync(folder, LoopbackPort.Free());
        await using Agent agent = await Agent.StartAsync(target);
        await WorkersAttachedAsync(agent);

        await target.Requests.GetAsync("/ok", "/missing", "/big", "/ok", "/big");
        await target.Requests.SendAsync("POST", "/ok", new string('y', 5000));

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
        Assert.All(agent.Spans, s => Assert.Equal("nginx", s.Resource.GetProperty("service.name").GetString()));
    }

    [ProgramFact("nginx")]
    public async Task Nginx_HeadsInPiecesAndPipelined_GiveExactlyOneSpanEach()
    {
        using TemporaryFolder folder = new();
        await using TargetProcess target = await SocketPrograms.NginxAsync(folder, LoopbackPort.Free());
        await using Agent agent = await Agent.StartAsync(target);
        await WorkersAttachedAsync(agent);

        using RawConnection connection = new(target.Port);
        connection.Write(string.Concat(Enumerable.Range(0, 5).Select(i => $"GET /ok?{i} HTTP/1.1\r\n{Host}")));
        ReadAnswers(connection, 5);
        foreach (string piece in new[] { "G", "ET /ok/pie", "ces HTTP/1.1\r\nHos", "t: 127.0.0.1\r\n\r", "\n" }) connection.Write(piece);
        ReadAnswers(connection, 1);
        connection.Write($"POST /ok/large HTTP/1.1\r\nContent-Length: 5000\r\n{Host}{string.Concat(Enumerable.Repeat("GET ", 1250))}GET /ok/next HTTP/1.1\r\n{Host}");
        ReadAnswers(connection, 2);
        connection.Write($"GET /ok/long HTTP/1.1\r\nX-Long: {new string('x', 3000)}\r\n{Host}");
        ReadAnswers(connection, 1);

        await agent.SpansShouldBeAsync(
        [
            .. Enumerable.Repeat(Server("GET", "/ok", 200).With("network.peer.port", connection.LocalPort), 5),
            Server("GET", "/ok/pieces", 200),
            Server("POST", "/ok/large", 200).With("http.request.body.size", 5000),
            Server("GET", "/ok/next", 200),
            Server("GET", "/ok/long", 200),
        ]);
        await agent.StopAsync();
    }

    [ProgramFact("node")]
    public async Task NodeServer_EndsOfBodies_AreSeen()
    {
        const string Handler = """
            if (q.url == '/chunks') { r.write('a'); setTimeout(() => r.end('b'.repeat(5000)), 30); }
            else if (q.url == '/none') { r.statusCode = 204; r.end(); }
            else if (q.url == '/error') { r.statusCode = 500; r.end('no'); }
            else if (q.url == '/hints') { r.writeEarlyHints({ link: '</x>; rel=preload' }); r.end('ok'); }
            else r.end('ok');
            """;
        await using TargetProcess target = await SocketPrograms.NodeAsync(LoopbackPort.Free(), Handler);
        await using Agent agent = await Agent.StartAsync(target);

        using RawConnection connection = new(target.Port);
        foreach (string path in new[] { "/chunks", "/none", "/error", "/hints", "/" })
        {
            connection.Request("GET", path);
            connection.ReadUntil(t => EndsAnAnswer(t));
        }
        connection.Request("HEAD", "/");
        connection.ReadUntil(t => t.EndsWith("\r\n\r\n", StringComparison.Ordinal));
        connection.Write($"POST /posted HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{Host}3\r\nabc\r\n0\r\n\r\n");
        connection.ReadUntil(t => EndsAnAnswer(t));
        connection.Write($"POST /expected HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n{Host}");
        connection.ReadUntil(t => t.Contains("100 Continue\r\n\r\n", StringComparison.Ordinal));
        connection.Write("abc");
        connection.ReadUntil(t => EndsAnAnswer(t));

        await agent.SpansShouldBeAsync(
            Server("GET", "/chunks", 200).With("http.response.body.size", null), Server("GET", "/none", 204).With("http.response.body.size", 0),
            Server("GET", "/error", 500), Server("GET", "/hints", 200), Server("GET", "/", 200).With("http.response.body.size", 2),
            Server("HEAD", "/", 200).With("http.response.body.size", 0), Server("POST", "/posted", 200).With("http.request.body.size", null),
            Server("POST", "/expected", 200).With("http.request.body.size", 3));
        await agent.StopAsync();
        SpanRecord chunks = Assert.Single(agent.Spans, s => s.TextOf("url.path") == "/chunks");
        Assert.True(chunks.End - chunks.Start >= 29_000_000, $"the span of a body that took 30 ms has {chunks.End - chunks.Start} ns");
    }

    /// <summary>Four answers to four pipelined requests, the last bodies in chunks on both sides; in one piece, and byte by byte.</summary>
    [ProgramFact("python3")]
    public async Task Pipelined_ChunksAndMergedAnswers_AreMatchedInOrder()
    {
        await using TargetProcess target = await SocketPrograms.PythonAsync(LoopbackPort.Free(), """
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            h = b''
            while b'/last' not in h:
                d = c.recv(65536)
                if not d: raise OSError
                h += d
            a = (b'HTTP/1.1 201 A\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n20;x=y\r\nHTTP/1.1 500 not a status here\r\n\r\n0\r\nTrailer: 1\r\n\r\n'
                b'HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 202 B\r\ncontent-length:3\r\n\r\nabc' b'HTTP/1.1 204 C\r\n\r\n' b'HTTP/1.1 404 D\r\nContent-Length: 0\r\n\r\n')
            if n % 2: c.sendall(a)
            else:
                for i in range(len(a)): c.send(a[i:i+1])
            c.recv(1)
            """);
        await using Agent agent = await Agent.StartAsync(target);

        string requests = $"POST /first HTTP/1.1\r\ntransfer-encoding: chunked\r\n{Host}5\r\nGET /\r\n0\r\n\r\n"
            + $"GET /second HTTP/1.1\r\n{Host}POST /third HTTP/1.1\r\nContent-Length: 6\r\n{Host}GET /xGET /last HTTP/1.1\r\n{Host}";
        for (int i = 0; i < 4; i++)
        {
            using RawConnection connection = new(target.Port);
            if (i < 2) connection.Write(requests);
            else foreach (char c in requests) connection.Write(c.ToString());
            connection.ReadUntil(t => t.EndsWith("404 D\r\nContent-Length: 0\r\n\r\n", StringComparison.Ordinal));
        }

        await agent.SpansShouldBeAsync([.. Enumerable.Repeat<ExpectedSpan[]>(
            [Server("POST", "/first", 201), Server("GET", "/second", 202).With("http.response.body.size", 3), Server("POST", "/third", 204), Server("GET", "/last", 404)], 4).SelectMany(s => s)]);
        await agent.StopAsync();
    }

    [ProgramFact("node")]
    public async Task NodeServer_Upgrade_EndsHttp()
    {
        await using TargetProcess target = await SocketPrograms.NodeAsync(LoopbackPort.Free(), "r.end()");
        await using Agent agent = await Agent.StartAsync(target);

        using (RawConnection connection = new(target.Port))
        {
            connection.Request("GET", "/socket", "Connection: Upgrade\r\nUpgrade: echo\r\n");
            connection.ReadUntil(t => t.EndsWith("\r\n\r\n", StringComparison.Ordinal));
            connection.Request("GET", "/not-http-any-more");
            connection.ReadUntil(t => t.EndsWith(Host, StringComparison.Ordinal));
        }
        await target.Requests.GetAsync("/last");

        await agent.SpansShouldBeAsync([Server("GET", "/socket", 101), .. target.Requests.ServerSpans()]);
        await agent.StopAsync();
    }

    [ProgramFact("node", "curl")]
    public async Task NodeServer_Http2InClearText_GivesExactlyOneSpanEach()
    {
        int port = LoopbackPort.Free();
        await using TargetProcess target = await TargetProcess.StartAsync("node", port, ["-e", $$"""
            require('http2').createServer((q, r) => { r.statusCode = q.url == '/missing' ? 404 : 200; r.end(Buffer.alloc(q.url == '/big' ? 300000 : 2)); }).listen({{port}}, '127.0.0.1');
            """]);
        await using Agent agent = await Agent.StartAsync(target);

        string at = $"http://127.0.0.1:{port}";
        // curl 7.88 breaks off when it uses such a connection a second time.
        foreach (string path in new[] { "/a", "/missing", "/big" }) await ChildProcess.RunAsync("curl", "-s", "-o", "/dev/null", "--http2-prior-knowledge", at + path);

        ExpectedSpan two = Server("GET", "/a", 200).With("network.protocol.version", "2");
        await agent.SpansShouldBeAsync(two, two with { Target = "/missing", Status = 404 }, two with { Target = "/big" });
        await agent.StopAsync();
    }

    [ProgramFact("python3")]
    public async Task Connections_ThatBreakOff_AreErrorsOrNothing()
    {
        await using TargetProcess target = await SocketPrograms.PythonAsync(LoopbackPort.Free(), """
            h = c.recv(65536)
            if b'/half' in h: c.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
            if b'/head' in h: c.sendall(b'HTTP/1.1 202 Acc')
            if b'/whole' in h: c.sendall(b'HTTP/1.0 200 OK\r\n\r\n'); c.sendall(b'to the end')
            """);
        await using Agent agent = await Agent.StartAsync(target);

        foreach (string path in new[] { "/nothing", "/half", "/whole" })
        {
            using RawConnection connection = new(target.Port);
            connection.Request("GET", path);
            connection.ReadToEnd();
        }
        using (RawConnection silent = new(target.Port)) { }
        using (RawConnection begun = new(target.Port)) begun.Write("GET /beg");

        await agent.SpansShouldBeAsync(
            new ExpectedSpan("server", "GET", "/nothing", null).With("error.type", "connection_closed"),
            new ExpectedSpan("server", "GET", "/half", 200) { Failed = true }.With("error.type", "connection_closed"),
            Server("GET", "/whole", 200).With("http.response.body.size", 10));
        await agent.StopAsync();
    }

    [ProgramFact("python3", "nginx")]
    public async Task PythonClient_RequestsOfEveryKind_GiveExactlyOneSpanEach()
    {
        using TemporaryFolder folder = new();
        folder.Write("files/big", new string('x', 300_000));
        await using TargetProcess server = await SocketPrograms.NginxAsync(folder, LoopbackPort.Free());
        string python = folder.Copy("/usr/bin/python3");
        await using ChildProcess client = SocketPrograms.PythonClient(python);
        await using TargetProcess listening = await SocketPrograms.PythonAsync(LoopbackPort.Free(), "c.recv(65536)", executable: python);
        await using Agent agent = await Agent.StartAsync(o => o.ExecutableName = $"^{Regex.Escape(python)}$");
        await agent.AttachedAsync(client.Pid);

        string at = $"http://127.0.0.1:{server.Port}";
        await client.WriteLineAsync($"urllib.request.urlopen('{at}/ok?secret').read()");
        await client.WriteLineAsync($"urllib.request.urlopen('{at}/big').read()");
        await client.WriteLineAsync($"urllib.request.urlopen('{at}/missing')");
        await client.WriteLineAsync($"c = http.client.HTTPConnection('127.0.0.1', {server.Port}); [(c.request('POST', '/ok/' + str(i), b'12345'), c.getresponse().read()) for i in range(2)]");
        await client.WriteLineAsync($"http.client.HTTPConnection('127.0.0.1', {listening.Port}).request('GET', '/never')");

        await agent.SpansShouldBeAsync(
            Client("GET", at + "/ok", 200).With("network.peer.port", server.Port).With("server.address", "127.0.0.1"),
            Client("GET", at + "/big", 200).With("http.response.body.size", 300_000),
            Client("GET", at + "/missing", 404).With("error.type", "404"),
            Client("POST", at + "/ok/0", 200).With("http.request.body.size", 5), Client("POST", at + "/ok/1", 200),
            new ExpectedSpan("server", "GET", "/never", null), Client("GET", $"http://127.0.0.1:{listening.Port}/never", null));
        await agent.StopAsync();
    }

    [ProgramFact("python3", "nginx")]
    public async Task ThreadPerRequest_CallsOfAServer_AreChildrenOfItsSpanInTheTraceItCameWith()
    {
        using TemporaryFolder folder = new();
        await using TargetProcess inner = await SocketPrograms.NginxAsync(folder, LoopbackPort.Free());
        await using TargetProcess target = await SocketPrograms.PythonAsync(LoopbackPort.Free(), $"""
            c.recv(65536)
            http.client.HTTPConnection('127.0.0.1', {inner.Port}).request('GET', '/ok/inner')
            c.sendall(b'HTTP/1.0 200 OK\r\n\r\n')
            c.close()
            http.client.HTTPConnection('127.0.0.1', {inner.Port}).request('GET', '/ok/afterwards')
            """, setup: "import http.client");
        await using Agent agent = await Agent.StartAsync(target);

        using (RawConnection connection = new(target.Port))
        {
            connection.Request("GET", "/traced", "TraceParent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
            connection.ReadToEnd();
        }

        string at = $"http://127.0.0.1:{inner.Port}/ok";
        await agent.SpansShouldBeAsync(Server("GET", "/traced", 200), Client("GET", at + "/inner", null), Client("GET", at + "/afterwards", null));
        await agent.StopAsync();
        SpanRecord server = Assert.Single(agent.Spans, s => s.Kind == "server");
        SpanRecord child = Assert.Single(agent.Spans, s => s.TextOf("url.full") == at + "/inner");
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (server.TraceId, server.ParentSpanId));
        Assert.Equal((server.TraceId, server.SpanId), (child.TraceId, child.ParentSpanId));
        Assert.Equal("", Assert.Single(agent.Spans, s => s.TextOf("url.full") == at + "/afterwards").ParentSpanId);
    }

    [ProgramFact("nginx")]
    public async Task ConnectionOlderThanTheAgent_NextRequest_IsSeenWithItsPeer()
    {
        using TemporaryFolder folder = new();
        await using TargetProcess target = await SocketPrograms.NginxAsync(folder, LoopbackPort.Free());
        using RawConnection connection = new(target.Port);
        connection.Request("GET", "/ok/before");
        ReadAnswers(connection, 1);
        await using Agent agent = await Agent.StartAsync(target);
        await WorkersAttachedAsync(agent);

        connection.Request("GET", "/ok/after");
        ReadAnswers(connection, 1);

        await agent.SpansShouldBeAsync(Server("GET", "/ok/after", 200).With("network.peer.port", connection.LocalPort).With("network.peer.address", "127.0.0.1"));
        await agent.StopAsync();
    }

    [ProgramFact("python3")]
    public async Task TwoServers_OneSelected_NothingIsSeenOfTheOther()
    {
        using TemporaryFolder files = new();
        files.Write("a", "a");
        await using TargetProcess selected = await SocketPrograms.PythonFilesAsync(files, LoopbackPort.Free());
        await using TargetProcess other = await SocketPrograms.PythonFilesAsync(files, LoopbackPort.Free());
        await using Agent agent = await Agent.StartAsync(selected);

        await other.Requests.GetAsync("/a", "/a");
        await selected.Requests.GetAsync("/a");

        await agent.SpansShouldBeAsync(selected.Requests.ServerSpans());
        await agent.StopAsync();
    }

    /// <summary>500 connections with mutated requests and answers: whatever is told was said.</summary>
    [ProgramFact("python3")]
    public async Task Garbage_OnSockets_GivesNoStatusThatWasNotSent()
    {
        await using TargetProcess target = await SocketPrograms.PythonAsync(LoopbackPort.Free(), """
            c.settimeout(0.2)
            r = random.Random(n)
            a = bytearray(r.choice([b'HTTP/1.1 299 Fine\r\nContent-Length: 3\r\n\r\nabc', b'HTTP/1.1 100 Go\r\n\r\nHTTP/1.0 299 Fine\r\n\r\nabc', r.randbytes(200), b'HTTP/1.1 299 F\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n']))
            for i in range(r.randrange(4)):
                at = r.randrange(len(a))
                if not 9 <= at < 12: a[at] = r.randrange(256)
            c.recv(65536)
            cut = r.randrange(len(a))
            c.sendall(a[:cut]); c.sendall(a[cut:])
            """);
        await using Agent agent = await Agent.StartAsync(target);

        Random random = new(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] request = Encoding.ASCII.GetBytes($"POST /{i} HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n{Host}abcGET /x HTTP/1.1\r\n{Host}");
            for (int changes = random.Next(4); changes > 0; changes--) request[random.Next(request.Length)] = (byte)random.Next(128);
            using RawConnection connection = new(target.Port);
            connection.Write(Encoding.ASCII.GetString(request));
            connection.ReadToEnd();
        }
        using (RawConnection last = new(target.Port))
        {
            last.Request("GET", "/last");
            last.ReadToEnd();
        }

        await Eventually.TrueAsync(() => agent.Spans.Any(s => s.TextOf("url.path") == "/last"), Eventually.Soon, () => $"the last request has no span. {agent.Log}");
        await agent.StopAsync();
        Assert.InRange(agent.Spans.Count, 300, 1002);
        Assert.All(agent.Spans, s => Assert.Contains(s.NumberOf("http.response.status_code") ?? 0, new long[] { 0, 299 }));
    }

    [ProgramFact("python3")]
    public async Task IoUring_BytesThatCannotBeRead_AreCountedAndNotGuessed()
    {
        int port = LoopbackPort.Free();
        await using TargetProcess target = await TargetProcess.StartAsync(
            "python3", port, [Path.Combine(Repository.Root, "tests", "targets", "web", "uring_server.py"), TargetProcess.Text(port)]);
        await using Agent agent = await Agent.StartAsync(target, o => o.TracePrinter = "counter");

        await target.Requests.GetAsync("/one", "/two", "/three");
        await agent.StopAsync();

        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.Equal(0, totals.AllSpans);
        Assert.Equal(6, totals.Reasons["unreadable"]); // each request, and each answer, goes over at once
        Assert.Equal(6, totals.Lost);
    }

    /// <summary>Two workers, and their parent.</summary>
    private static Task WorkersAttachedAsync(Agent agent) => Eventually.TrueAsync(
        () => agent.Log.Lines.Count(l => l.Contains("attached to", StringComparison.Ordinal)) == 3, Eventually.Soon, () => $"nginx's workers are not attached. {agent.Log}");

    private static void ReadAnswers(RawConnection connection, int count)
    {
        string answers = connection.ReadUntil(t => t.Split("HTTP/1.1 200 OK").Length > count && t.Split("ok\n").Length > count);
        Assert.Equal(count + 1, answers.Split("HTTP/1.1 200 OK").Length);
    }

    private static bool EndsAnAnswer(string text) =>
        text.EndsWith("0\r\n\r\n", StringComparison.Ordinal) || text.EndsWith("\r\n\r\nok", StringComparison.Ordinal)
        || text.EndsWith("\r\n\r\nno", StringComparison.Ordinal) || (text.Contains("204 No Content", StringComparison.Ordinal) && text.EndsWith("\r\n\r\n", StringComparison.Ordinal));
}

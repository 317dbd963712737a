using EndToEnd.Harness;
using EndToEnd.Targets;

namespace KernelRoom;

/// <summary>Small runs of the real agent on real servers.</summary>
internal static class AgentRun
{
    /// <summary>Uprobes, whichever kind this kernel has, on a Go server.</summary>
    public static async Task GoServerAsync()
    {
        await using TargetProcess target = await Programs.HttpAsync(Releases.TypicalHttp);
        await using Agent agent = await Agent.StartAsync(target);

        await target.Requests.GetAsync("/hello", "/missing", "/large");
        await target.Requests.SendAsync("POST", "/echo", "body");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
    }

    /// <summary>
    /// A front of http-filter, on a server that nobody here wrote. More of its threads wait in a receive than the kernel keeps room for to tell of returns
    /// (kernel/kprobes.c: ten, or two for each processor), and its large answers are sent in many pieces, while others wait, too.
    /// </summary>
    public static async Task SocketServerAsync(string front)
    {
        const int Connections = 24, Large = 600_000;
        int port = LoopbackPort.Free();
        await using TargetProcess target = await TargetProcess.StartAsync("/usr/bin/python3", port, [TlsServer.Script("server.py"), TargetProcess.Text(port)]);
        await using Agent agent = await WithFrontAsync(target, "HTTP_FILTER", front);
        List<ExpectedSpan> expected = [];

        RawConnection[] connections = [.. Enumerable.Range(0, Connections).Select(_ => new RawConnection(port))];
        foreach (string path in new[] { "/bytes/5", "/status/404", $"/bytes/{Large}" })
        {
            foreach (RawConnection connection in connections) connection.Request("GET", path);
            int status = path == "/status/404" ? 404 : 200, size = path == "/bytes/5" ? 5 : path == "/status/404" ? 6 : Large;
            foreach (RawConnection connection in connections)
            {
                connection.ReadAnswer(size);
                expected.Add(Expected(connection.LocalPort, path, status, size).With("url.scheme", "http"));
            }
        }
        foreach (RawConnection connection in connections)
        {
            connection.Request("POST", "/length", "Content-Length: 5\r\n");
            connection.Write("four");
            connection.Write("5");
            connection.ReadAnswer(1);
            expected.Add((Expected(connection.LocalPort, "/length", 200, 1) with { Method = "POST" }).With("http.request.body.size", 5));
            connection.Dispose();
        }

        await agent.SpansShouldBeAsync(expected);
        await agent.StopAsync();
    }

    /// <summary>A front of http-ssl: the peers of TLS connections, which only the sockets tell.</summary>
    public static async Task TlsServerAsync(string front)
    {
        await using TargetProcess target = await TlsServer.StartAsync("python3");
        await using Agent agent = await WithFrontAsync(target, "HTTP_SSL", front);
        TlsConnection[] connections = [.. Enumerable.Range(0, 3).Select(_ => TlsServer.Connect(target.Port))];

        foreach (TlsConnection connection in connections)
        {
            await connection.GetAsync("/status/404", 404);
            await connection.GetAsync("/bytes/100000", 200);
        }

        await agent.SpansShouldBeAsync([.. connections.SelectMany(c => new[]
        {
            Expected(c.LocalPort, "/status/404", 404, 6).With("url.scheme", "https"),
            Expected(c.LocalPort, "/bytes/100000", 200, 100_000).With("url.scheme", "https"),
        })]);
        foreach (TlsConnection connection in connections) connection.Dispose();
        await agent.StopAsync();
    }

    private static Task<Agent> WithFrontAsync(TargetProcess target, string tracer, string front) =>
        Agent.StartAsync(target, o => o.Variables = new Dictionary<string, string> { [$"BEYLA_TRACERS_{tracer}_FRONT"] = front });

    private static ExpectedSpan Expected(int peerPort, string path, int status, int size) =>
        ExpectedSpan.Server("GET", path, status)
            .With("network.peer.address", "127.0.0.1").With("network.peer.port", peerPort).With("http.response.body.size", size);
}

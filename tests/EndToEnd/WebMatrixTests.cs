using System.Globalization;
using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;
using EndToEnd.Targets.Web;

namespace EndToEnd;

/// <summary>Every server with every client, plain and with TLS: exactly one span a request and side, none from ciphertext.</summary>
public sealed class WebMatrixTests
{
    /// <summary>Every server, plain and with TLS.</summary>
    public static TheoryData<WebRow> Servers => [.. WebServers.All.SelectMany(s => (bool[])(s.SpeaksTls ? [false, true] : [false]), (s, tls) => new WebRow(s.Name, tls))];

    [AgentTheory]
    [MemberData(nameof(Servers))]
    public async Task Server_AskedByEveryClient_GivesOneSpanARequestAndSide(WebRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        bool tls = row.Tls;
        using TemporaryFolder folder = new();
        await using TargetProcess server = await row.Program.StartAsync(tls);
        WebClient[] clients = [.. WebClients.All.Where(c => !tls || c.TlsLibrary is not null)];
        int ports = LoopbackPort.FreeRange(clients.Length);
        await using Agent agent = await Agent.StartAsync(o => o.ConfigFile = folder.Write("beyla.toml", $"""
            [[discovery.services]]
            open_ports = [{server.Port}, "{ports}-{ports + clients.Length - 1}"]
            [[discovery.services]]
            exe_path = '^{folder.Path}/'
            """));
        foreach (int pid in WithChildren(server.Pid)) await ProbedAsync(agent, pid, tls ? "openssl" : null);

        List<ExpectedSpan> expected = [];
        foreach ((int i, WebClient client) in clients.Index())
        {
            await using ChildProcess process = client.Start(folder, ports + i);
            if (client.SaysReady) await Eventually.TrueAsync(() => process.Output.Lines.Count > 0, Eventually.Soon, process.ToString);
            // What a client loads with its first TLS connection cannot be waited for.
            await ProbedAsync(agent, process.Pid, tls && client.Name != "dotnet" ? client.TlsLibrary : null);
            await client.AskAsync(process, server.Port, tls);
            foreach (var request in client.Requests)
            {
                expected.Add(WebRequests.ServerSpan(request, server.Port, tls));
                expected.Add(WebRequests.ClientSpan(request, server.Port, tls));
            }
        }
        if (!tls && row.Program.Pipelines) expected.AddRange(Pipelined(server));

        await agent.SpansShouldBeAsync(expected);
        await agent.StopAsync();
        Assert.All(agent.Spans, s => Assert.Equal(tls ? "http-ssl" : "http-filter", s.Tracer));
    }

    [ProgramFact("nginx", "python3")]
    public async Task NginxBeforePython_EveryRequest_GivesThreeSpans()
    {
        await using TargetProcess upstream = await WebServers.All.Single(s => s.Name == "python").StartAsync(tls: false);
        WebServer nginx = new("proxy", "/usr/sbin/nginx", p => ["-c", WebConfigurations.Proxy(p, upstream.Port), "-e", p.Folder.File("log")]) { HasWorkers = true };
        await using TargetProcess proxy = await nginx.StartAsync(tls: false);
        await using Agent agent = await Agent.StartAsync(proxy, o => o.OpenPort = $"{proxy.Port},{upstream.Port}");
        foreach (int pid in (int[])[upstream.Pid, .. WithChildren(proxy.Pid)]) await ProbedAsync(agent, pid, null);

        foreach ((string method, string path, _) in WebRequests.All)
            await proxy.Requests.SendAsync(method, path, method == "POST" ? new string('y', WebRequests.PostedBytes) : null);

        // nginx passes HTTP/1.0 on, with its own Host.
        await agent.SpansShouldBeAsync(
        [
            .. WebRequests.All.Select(r => WebRequests.ServerSpan(r, proxy.Port, false)),
            .. WebRequests.All.Select(r => WebRequests.ClientSpan(r, upstream.Port, false)),
            .. WebRequests.All.Select(r => WebRequests.ServerSpan(r, upstream.Port, false).Without("network.protocol.version")),
        ]);
        await agent.StopAsync();
        Assert.All(agent.Spans.Where(s => s.Kind == "client"), s => Assert.Contains(s.ProcessId, WithChildren(proxy.Pid)));
    }

    /// <summary>Four requests in one segment.</summary>
    private static IEnumerable<ExpectedSpan> Pipelined(TargetProcess server)
    {
        using RawConnection connection = new(server.Port);
        string request = $"GET /ok HTTP/1.1\r\nHost: 127.0.0.1:{TargetProcess.Text(server.Port)}\r\n";
        connection.Write(string.Concat(Enumerable.Repeat(request + "\r\n", 3)) + request + "Connection: close\r\n\r\n");
        string answers = connection.ReadToEnd();
        Assert.Equal(4, Regex.Count(answers, "HTTP/1.1 200"));
        return Enumerable.Repeat(WebRequests.ServerSpan(("GET", "/ok", 200), server.Port, false), 4);
    }

    private static Task ProbedAsync(Agent agent, int pid, string? library) => Eventually.TrueAsync(
        () => agent.Log.Lines.Any(l => Regex.IsMatch(l, $@"\bpid {pid}\b") && (library is null ? l.Contains("attached", StringComparison.Ordinal) : l.Contains("http-ssl/" + library, StringComparison.Ordinal))),
        Eventually.Soon, () => $"pid {pid} is not probed.\n{agent.Log}");

    private static IEnumerable<int> WithChildren(int pid) =>
    [
        pid,
        .. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => int.Parse(p, CultureInfo.InvariantCulture)),
    ];
}

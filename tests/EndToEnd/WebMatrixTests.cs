using System.Globalization;
using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;
using EndToEnd.Targets.Web;

namespace EndToEnd;

/// <summary>Every server with every client, plain and with TLS: exactly one span a request and side, none from ciphertext.</summary>
public sealed class WebMatrixTests
{
    /// <summary>Names of servers, and whether they speak TLS.</summary>
    public static TheoryData<string, bool> Servers
    {
        get
        {
            TheoryData<string, bool> all = [];
            foreach (WebServer server in WebServers.All.Where(s => WebPlace.Missing(s.Program) is null))
            {
                all.Add(server.Name, false);
                if (server.SpeaksTls) all.Add(server.Name, true);
            }
            return all;
        }
    }

    [AgentTheory]
    [MemberData(nameof(Servers))]
    public async Task Server_AskedByEveryClient_GivesOneSpanARequestAndSide(string name, bool tls)
    {
        using TemporaryFolder folder = new();
        await using TargetProcess server = await WebServers.All.Single(s => s.Name == name).StartAsync(tls);
        WebClient[] clients = [.. WebClients.All.Where(c => WebPlace.Missing(c.Program) is null && (!tls || c.TlsLibrary is not null))];
        int ports = LoopbackPort.FreeRange(clients.Length);
        await using Agent agent = await Agent.StartAsync(o => o.ConfigFile = folder.Write("beyla.toml", $"""
            [[discovery.services]]
            open_ports = [{server.Port}, "{ports}-{ports + clients.Length - 1}"]
            [[discovery.services]]
            exe_path = '^{folder.Path}/'
            """));
        foreach (int pid in ListenersOf(server.Pid, server.Port)) await ProbedAsync(agent, pid, tls ? "openssl" : null);

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
        if (!tls) expected.AddRange(Pipelined(server));

        await agent.SpansShouldBeAsync(expected);
        await agent.StopAsync();
        Assert.All(agent.Spans, s => Assert.Equal(tls ? "http-ssl" : "http-filter", s.Tracer));
    }

    /// <summary>Four requests in one segment.</summary>
    private static IEnumerable<ExpectedSpan> Pipelined(TargetProcess server)
    {
        using RawConnection connection = new(server.Port);
        string request = $"GET /ok HTTP/1.1\r\nHost: 127.0.0.1:{TargetProcess.Text(server.Port)}\r\n";
        connection.Write(string.Concat(Enumerable.Repeat(request + "\r\n", 3)) + request + "Connection: close\r\n\r\n");
        int answers = Regex.Count(connection.ReadToEnd(), "HTTP/1.1 200");
        return Enumerable.Repeat(WebRequests.ServerSpan(("GET", "/ok", 200), server.Port, false), answers);
    }

    private static Task ProbedAsync(Agent agent, int pid, string? library) => Eventually.TrueAsync(
        () => agent.Log.Lines.Any(l => Regex.IsMatch(l, $@"\bpid {pid}\b") && (library is null ? l.Contains("attached", StringComparison.Ordinal) : l.Contains("http-ssl/" + library, StringComparison.Ordinal))),
        Eventually.Soon, () => $"pid {pid} is not probed.\n{agent.Log}");

    /// <summary>The process and its children, as far as they have the port open.</summary>
    private static IEnumerable<int> ListenersOf(int pid, int port)
    {
        _ = port;
        yield return pid;
        foreach (string child in File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            yield return int.Parse(child, CultureInfo.InvariantCulture);
    }
}

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

    /// <summary>A front of http-filter on a server that nobody here wrote.</summary>
    public static async Task PythonServerAsync(string front)
    {
        int port = LoopbackPort.Free();
        await using TargetProcess target = await TargetProcess.StartAsync(
            "/usr/bin/python3", port, ["-m", "http.server", "--bind", "127.0.0.1", TargetProcess.Text(port)], folder: new TemporaryFolder());
        await using Agent agent = await Agent.StartAsync(target, o => o.Variables = new Dictionary<string, string> { ["BEYLA_TRACERS_HTTP_FILTER_FRONT"] = front });

        await target.Requests.GetAsync("/", "/missing");

        await Eventually.TrueAsync(() => agent.Spans.Count >= 2, Eventually.Soon, () => $"not two spans but {agent.Spans.Count}\n{agent.Log}");
        await agent.StopAsync();
        Assert.Equal(["/ 200", "/missing 404"], agent.Spans.Select(s => $"{s.TextOf("url.path")} {s.NumberOf("http.response.status_code")}").Order());
    }
}

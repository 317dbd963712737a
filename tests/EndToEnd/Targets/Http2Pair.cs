using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>A server and a client of tests/targets/h2 from one copy of the executable, so that the agent selects these two and nobody else's.</summary>
internal sealed class Http2Pair : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly string _mode;

    private Http2Pair(TemporaryFolder folder, string mode, TargetProcess server, CommandProcess client) =>
        (_folder, _mode, Server, Client) = (folder, mode, server, client);

    public TargetProcess Server { get; }

    public CommandProcess Client { get; }

    /// <summary>Starts both.</summary>
    public static async Task<Http2Pair> StartAsync(Release release, string mode)
    {
        TemporaryFolder folder = new();
        Release copy = new(release.Program, release.Build, release.CopyTo(folder, "h2"));
        TargetProcess server = await H2Target.ServeAsync(copy, mode);
        return new(folder, mode, server, await H2Target.ClientAsync(copy, mode == "x-deep" ? "x" : mode));
    }

    /// <summary>Starts the agent and waits until it is attached to both.</summary>
    public async Task<Agent> TraceAsync(Action<AgentOptions>? configure = null)
    {
        Agent agent = await Agent.StartAsync(o =>
        {
            o.ExecutableName = $"^{Regex.Escape(_folder.File("h2"))}$";
            configure?.Invoke(o);
        });
        await agent.AttachedAsync(Server.Pid);
        await agent.AttachedAsync(Client.Pid);
        return agent;
    }

    /// <summary>Whether it speaks TLS.</summary>
    public bool IsTls => !_mode.EndsWith("h2c", StringComparison.Ordinal);

    /// <summary>The URL of a path.</summary>
    public string Url(string path) => H2Target.Url(_mode, Server.Port, path);

    /// <summary>Sends requests from the client to the server.</summary>
    public Task<H2Result[]> SendAsync(H2Requests requests) => Client.SendAsync(requests with { Url = Url(requests.Url) });

    /// <summary>What the server's side of a request must look like; no status: nobody got one.</summary>
    public ExpectedSpan ServerSpan(string method, string path, int? status) => new ExpectedSpan("server", method, path, status)
        .With("network.protocol.version", "2").With("url.scheme", IsTls ? "https" : "http")
        .With("server.address", "127.0.0.1").With("server.port", Server.Port)
        .With("network.peer.address", "127.0.0.1");

    /// <summary>What the client's side of a request must look like; no status: no answer came.</summary>
    public ExpectedSpan ClientSpan(string method, string path, int? status) => ExpectedSpan.Client(method, Url(path), status)
        .With("network.protocol.version", status is null ? null : "2").With("server.port", Server.Port);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}

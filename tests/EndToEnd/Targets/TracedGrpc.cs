using System.Text.Json;
using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>A gRPC server and a caller of it, both traced by one agent. They run copies of the target, so that the agent finds nobody else's.</summary>
internal sealed class TracedGrpc : IAsyncDisposable
{
    private static readonly string[] s_words =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _clientSpans = [];

    private TracedGrpc()
    {
    }

    public TargetProcess Server { get; private set; } = null!;

    public CommandProcess Caller { get; private set; } = null!;

    public Agent Agent { get; private set; } = null!;

    /// <summary>Starts all three and waits until both ends are attached.</summary>
    public static async Task<TracedGrpc> StartAsync(Release server, Release? client = null, bool throughNetHttp = false, Action<AgentOptions>? configure = null)
    {
        TracedGrpc traced = new();
        try
        {
            traced.Server = await GrpcTarget.ServeAsync(traced.Copy(server, "server"), throughNetHttp);
            traced.Caller = await GrpcTarget.CallerAsync(traced.Copy(client ?? server, "client"), traced.Server.Port);
            traced.Agent = await Agent.StartAsync(o =>
            {
                o.ExecutableName = "^" + Regex.Escape(traced._folder.Path) + "/";
                configure?.Invoke(o);
            });
            await traced.Agent.AttachedAsync(traced.Server.Pid);
            await traced.Agent.AttachedAsync(traced.Caller.Pid);
        }
        catch
        {
            await traced.DisposeAsync();
            throw;
        }
        return traced;
    }

    /// <summary>Makes calls and expects a client span for each, with the code that the caller saw.</summary>
    public async Task<GrpcResult[]> CallAsync(GrpcCalls calls)
    {
        GrpcResult[] results = await Caller.CallAsync(calls);
        Expect(calls.Kind, results);
        return results;
    }

    /// <summary>Expects a client span for each result.</summary>
    public void Expect(string kind, IEnumerable<GrpcResult> results) =>
        _clientSpans.AddRange(results.Select(r => Describe("client", GrpcTarget.PathOf(kind), r.Code, failed: r.Code != 0)));

    /// <summary>Waits until the spans are one for each call as the caller saw it, and one for each call that a handler of the server returned from.</summary>
    /// <param name="handled">How many those are.</param>
    public async Task SpansShouldMatchAsync(int handled)
    {
        await Eventually.TrueAsync(
            () => Handled().Count == handled, Eventually.Soon, () => $"handlers returned from {Handled().Count} calls, not {handled}. {Server.Process}");
        string[] expected = [.. _clientSpans.Concat(Handled()).Order()];
        await Eventually.TrueAsync(() => Spans().SequenceEqual(expected), Eventually.Soon, () => Difference(expected));
        await Agent.StopAsync();
        Assert.True(Spans().SequenceEqual(expected), "after the end: " + Difference(expected));
    }

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null) await Agent.DisposeAsync();
        if (Caller is not null) await Caller.DisposeAsync();
        if (Server is not null) await Server.DisposeAsync();
        _folder.Dispose();
    }

    private Release Copy(Release release, string name) => new(release.Program, release.Build, release.CopyTo(_folder, name));

    /// <summary>What the server says about its calls, as the spans should say it.</summary>
    private List<string> Handled() =>
    [
        .. Server.Process.Output.Lines.Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).Select(l =>
        {
            int code = l.GetProperty("code").GetInt32();
            return Describe("server", l.GetProperty("method").GetString()!, code, failed: code is 2 or 4 or 12 or 13 or 14 or 15);
        }),
    ];

    /// <summary>The tracer's spans; behind net/http there are those of HTTP, too.</summary>
    private IEnumerable<string> Spans() => Agent.Spans.Where(s => s.Tracer == "grpc").Select(s =>
    {
        bool failed = s.StatusCode == "error";
        string word = s.TextOf("rpc.response.status_code") ?? "";
        Assert.Equal(failed ? word : null, s.TextOf("error.type"));
        Assert.Equal((s.Name, "grpc"), (s.TextOf("rpc.method"), s.TextOf("rpc.system.name")));
        return $"{s.Kind} /{s.Name} {word}{(failed ? " failed" : "")}";
    }).Order();

    private static string Describe(string kind, string path, int code, bool failed) => $"{kind} {path} {s_words[code]}{(failed ? " failed" : "")}";

    private string Difference(string[] expected)
    {
        List<string> missing = [.. expected], unexpected = [];
        foreach (string span in Spans())
            if (!missing.Remove(span)) unexpected.Add(span);
        return $"missing spans:\n  {string.Join("\n  ", missing)}\nunexpected spans:\n  {string.Join("\n  ", unexpected)}\n{Agent.Log}";
    }
}

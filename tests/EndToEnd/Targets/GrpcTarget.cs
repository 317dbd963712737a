using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Starts tests/targets/grpc: a server that does what each call asks for, and a caller.</summary>
internal static class GrpcTarget
{
    /// <summary>The four kinds of call.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["unary", "client-stream", "server-stream", "bidi"];

    /// <summary>How calls can be asked to end; see <see cref="GrpcCalls.Outcome"/>.</summary>
    public static IReadOnlyList<string> Outcomes { get; } = ["ok", "error", "deadline", "cancel"];

    /// <summary>The method that each kind calls, as <c>:path</c> has it.</summary>
    public static string PathOf(string kind) => "/calls.Calls/" + kind switch
    {
        "unary" => "Unary",
        "client-stream" => "ClientStream",
        "server-stream" => "ServerStream",
        "bidi" => "Bidi",
        _ => throw new ArgumentException($"'{kind}' is not a kind of call", nameof(kind)),
    };

    /// <summary>Starts a server. It writes what each handler returned: <c>{"method":"/calls.Calls/Unary","code":0}</c>.</summary>
    /// <param name="release">The build.</param>
    /// <param name="throughNetHttp">Serve by net/http and h2c instead of the library's own transport.</param>
    public static Task<TargetProcess> ServeAsync(Release release, bool throughNetHttp = false)
    {
        int port = LoopbackPort.Free();
        string[] mode = throughNetHttp ? ["-handler"] : [];
        return TargetProcess.StartAsync(release.Executable, port, ["serve", "-listen", $"127.0.0.1:{TargetProcess.Text(port)}", .. mode], "listening on");
    }

    /// <summary>Starts a caller of the server on that port; it connects at the first call, or right away with grpc before 1.63.</summary>
    public static Task<CommandProcess> CallerAsync(Release release, int port) =>
        CommandProcess.StartAsync(release.Executable, "call", "-address", $"127.0.0.1:{TargetProcess.Text(port)}");

    /// <summary>Makes calls and returns how each ended, as the caller saw it.</summary>
    public static Task<GrpcResult[]> CallAsync(this CommandProcess caller, GrpcCalls calls) => caller.AskAsync<GrpcResult[]>(calls);
}

/// <summary>A number of equal calls.</summary>
/// <param name="Kind">One of <see cref="GrpcTarget.Kinds"/>.</param>
/// <param name="Outcome">ok, error (the server answers <paramref name="Code"/>), deadline, cancel, wait (until the server goes away), exit (the server does).</param>
/// <param name="Count">How many.</param>
/// <param name="Concurrency">How many of them at a time.</param>
/// <param name="Messages">Messages in each direction of a stream.</param>
/// <param name="Code">The status of the outcome error.</param>
/// <param name="TimeoutMs">Deadline, or time until the cancellation, in ms; 0: none, or 50 ms where the outcome needs one.</param>
/// <param name="Bytes">Length of each payload.</param>
/// <param name="Grow">Frames of about 64 bytes that the server's handler descends.</param>
/// <param name="Metadata">Sent with each call.</param>
internal sealed record GrpcCalls(
    string Kind, string Outcome = "ok", int Count = 1, int Concurrency = 1, int Messages = 3, int Code = 5, int TimeoutMs = 0, int Bytes = 0, int Grow = 0,
    IReadOnlyDictionary<string, string>? Metadata = null);

/// <summary>A call as its caller saw it.</summary>
/// <param name="Code">gRPC status code.</param>
/// <param name="Sent">Messages sent.</param>
/// <param name="Received">Messages received.</param>
internal sealed record GrpcResult(int Code, int Sent, int Received);

using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>
/// tests/targets/chain: requests that go through three processes. Number N is visible at each step: <c>GET /order/N</c>,
/// <c>/chain.Orders/GetN</c> (modulo 20,000), <c>SELECT N AS order_N</c>.
/// </summary>
internal sealed class ChainTarget : IAsyncDisposable
{
    private ChainTarget(TargetProcess middle, TargetProcess front, CommandProcess load) => (Middle, Front, Load) = (middle, front, load);

    /// <summary>gRPC server, SQL client.</summary>
    public TargetProcess Middle { get; }

    /// <summary>HTTP server, gRPC client.</summary>
    public TargetProcess Front { get; }

    /// <summary>HTTP client.</summary>
    public CommandProcess Load { get; }

    /// <summary>Starts the three processes; SQL is sqlite in memory, or a database of the caller's (driver postgres).</summary>
    public static async Task<ChainTarget> StartAsync(Release release, Database? database = null)
    {
        string[] source = database is null ? [] : ["-driver", "postgres", "-source", database.SourceFor("pq")];
        TargetProcess? middle = null, front = null;
        try
        {
            middle = await ServeAsync(release, ["middle", .. source]);
            front = await ServeAsync(release, ["front", "-middle", $"127.0.0.1:{TargetProcess.Text(middle.Port)}"]);
            return new(middle, front, await CommandProcess.StartAsync(release.Executable, "load", "-front", $"127.0.0.1:{TargetProcess.Text(front.Port)}"));
        }
        catch
        {
            if (front is not null) await front.DisposeAsync();
            if (middle is not null) await middle.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends requests and waits for their answers; fails when one is wrong.</summary>
    public async Task SendAsync(ChainRequests requests)
    {
        ChainResult result = await Load.AskAsync<ChainResult>(requests);
        Assert.True(result.Wrong == 0 && result.Right == requests.Count, $"{result.Wrong} of {requests.Count} requests went wrong; the first: {result.FirstWrong}");
    }

    /// <summary>The trace id that request N is sent with, if any.</summary>
    public static string TraceId(int number) => $"be00000000000000{number:x16}";

    /// <summary>The parent id that request N is sent with, if any.</summary>
    public static string ParentId(int number) => $"{number + 1:x16}";

    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        await Front.DisposeAsync();
        await Middle.DisposeAsync();
    }

    private static Task<TargetProcess> ServeAsync(Release release, string[] arguments)
    {
        int port = LoopbackPort.Free();
        return TargetProcess.StartAsync(release.Executable, port, [.. arguments, "-listen", $"127.0.0.1:{TargetProcess.Text(port)}"], "listening on");
    }

    private sealed record ChainResult(int Right, int Wrong, string? FirstWrong);
}

/// <summary>A number of requests.</summary>
/// <param name="First">Number of the first one; the others follow.</param>
/// <param name="Count">How many.</param>
/// <param name="Concurrency">How many at a time.</param>
/// <param name="Http">Where the HTTP call happens in the load process.</param>
/// <param name="Grpc">Where the gRPC call happens in the front.</param>
/// <param name="Sql">Where the SQL call happens in the middle.</param>
/// <param name="Depths">Other than 0: request N makes all three calls N modulo this many frames deep, so that the stack grows at every point.</param>
/// <param name="Traceparent">Send that header: <see cref="ChainTarget.TraceId"/>, <see cref="ChainTarget.ParentId"/>, sampled.</param>
/// <param name="Header">Its name, in the letter case to send.</param>
internal sealed record ChainRequests(
    int First = 0, int Count = 1, int Concurrency = 1, ChainRoute? Http = null, ChainRoute? Grpc = null, ChainRoute? Sql = null, int Depths = 0, bool Traceparent = false,
    string Header = "traceparent");

/// <summary>Where a client call happens, seen from the goroutine of the server above it.</summary>
/// <param name="Levels">Goroutines between them, each started by the one before.</param>
/// <param name="Pool">On a goroutine that was there before the request; its parent cannot be known.</param>
/// <param name="Depth">On a goroutine of its own, so many frames of about 64 bytes deep.</param>
internal sealed record ChainRoute(int Levels = 0, bool Pool = false, int Depth = 0);

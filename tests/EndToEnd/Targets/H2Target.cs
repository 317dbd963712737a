using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Starts tests/targets/h2: HTTP/2 servers and clients of every kind that Go has.</summary>
internal static class H2Target
{
    /// <summary>
    /// <c>tls</c> is net/http's own HTTP/2; <c>h2c</c> and <c>x</c> are golang.org/x/net/http2 in clear text and over TLS, <c>x-deep</c> the same on
    /// stacks that grow in the library; <c>std-h2c</c> is net/http's own in clear text (Go 1.24 and newer).
    /// </summary>
    public static IReadOnlyList<string> ModesOf(Release release) =>
    [
        "tls", .. release.Build.StartsWith("std-", StringComparison.Ordinal) ? [] : new[] { "h2c", "x" },
        .. Version.Parse(release.Build.Split('-')[1]) >= new Version(1, 24) ? new[] { "std-h2c" } : [],
    ];

    /// <summary>Starts a server of a mode.</summary>
    public static Task<TargetProcess> ServeAsync(Release release, string mode)
    {
        int port = LoopbackPort.Free();
        return TargetProcess.StartAsync(release.Executable, port, ["serve", mode, "-listen", $"127.0.0.1:{TargetProcess.Text(port)}"], "listening on");
    }

    /// <summary>Starts a client of a mode. Its requests share one connection unless they ask for more.</summary>
    public static Task<CommandProcess> ClientAsync(Release release, string mode) => CommandProcess.StartAsync(release.Executable, "call", mode);

    /// <summary>The URL of a path on a server of a mode.</summary>
    public static string Url(string mode, int port, string path) => $"{(mode.EndsWith("h2c", StringComparison.Ordinal) ? "http" : "https")}://127.0.0.1:{TargetProcess.Text(port)}{path}";

    /// <summary>Sends requests and returns what came back.</summary>
    public static Task<H2Result[]> SendAsync(this CommandProcess client, H2Requests requests) => client.AskAsync<H2Result[]>(requests);
}

/// <summary>A number of equal requests.</summary>
/// <param name="Url">"{i}" in it becomes the number of the request, from 0.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Count">How many.</param>
/// <param name="Concurrency">How many of them at a time.</param>
/// <param name="Bytes">Length of the request body.</param>
/// <param name="CancelMs">Time after which each is cancelled, in ms; 0: never.</param>
/// <param name="DeadlineMs">Deadline of each, in ms; 0: none.</param>
/// <param name="Fresh">Each on a connection of its own.</param>
/// <param name="Follow">Follow redirects.</param>
/// <param name="Headers">Sent with each.</param>
internal sealed record H2Requests(
    string Url, string Method = "GET", int Count = 1, int Concurrency = 1, int Bytes = 0, int CancelMs = 0, int DeadlineMs = 0, bool Fresh = false, bool Follow = false,
    IReadOnlyDictionary<string, string>? Headers = null);

/// <summary>A request as its client saw it.</summary>
/// <param name="Status">Status code; 0 when no answer came.</param>
/// <param name="Proto"><c>HTTP/2.0</c>.</param>
/// <param name="Bytes">Length of the body that came.</param>
/// <param name="Error">What went wrong; null: nothing.</param>
/// <param name="Trailers">Trailers that came.</param>
internal sealed record H2Result(int Status, string? Proto, long Bytes, string? Error, IReadOnlyDictionary<string, string>? Trailers);

using EndToEnd.Harness;

namespace EndToEnd.Targets.Web;

/// <summary>What the clients of the matrix ask for and its servers answer: a pair on a kept connection, a body each way, errors, a chunked answer and a large one.</summary>
internal static class WebRequests
{
    /// <summary>Bytes that are posted.</summary>
    public const int PostedBytes = 1000;

    /// <summary>Method, path and status, in the order in which they are asked for.</summary>
    public static IReadOnlyList<(string Method, string Path, int Status)> All { get; } =
    [
        ("GET", "/ok", 200), ("GET", "/ok", 200), ("POST", "/echo", 200), ("GET", "/missing", 404), ("GET", "/error", 500), ("GET", "/chunked", 200), ("GET", "/big", 200),
    ];

    /// <summary>The server span of a request.</summary>
    public static ExpectedSpan ServerSpan((string Method, string Path, int Status) request, int port, bool tls)
    {
        ExpectedSpan span = ExpectedSpan.Server(request.Method, request.Path, request.Status)
            .With("url.scheme", tls ? "https" : "http").With("server.address", "127.0.0.1").With("server.port", port)
            .With("client.address", "127.0.0.1").With("network.peer.address", "127.0.0.1").With("network.protocol.version", "1.1");
        return Sized(span, request);
    }

    /// <summary>The client span of a request.</summary>
    public static ExpectedSpan ClientSpan((string Method, string Path, int Status) request, int port, bool tls)
    {
        string url = $"{(tls ? "https" : "http")}://127.0.0.1:{TargetProcess.Text(port)}{request.Path}";
        ExpectedSpan span = ExpectedSpan.Client(request.Method, url, request.Status)
            .With("server.address", "127.0.0.1").With("server.port", port).With("network.peer.address", "127.0.0.1").With("network.peer.port", port);
        return Sized(span, request);
    }

    private static ExpectedSpan Sized(ExpectedSpan span, (string Method, string Path, int Status) request) => request switch
    {
        { Method: "POST" } => span.With("http.request.body.size", PostedBytes),
        { Path: "/big" } => span.With("http.response.body.size", 300_000),
        _ => span,
    };
}

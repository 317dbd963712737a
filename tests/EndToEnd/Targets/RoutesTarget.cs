using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>tests/targets/routes: the same routes by every router, each on a port of its own. Each handler answers with its pattern.</summary>
internal sealed partial class RoutesTarget : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private RoutesTarget(ChildProcess process) => _process = process;

    /// <summary>Process id.</summary>
    public int Pid => _process.Pid;

    /// <summary>
    /// The port of each router: mux, gin, gorilla, chi, echo; only mux in builds without libraries. <c>NAME_tls</c> and <c>NAME_h2c</c> are the same
    /// by HTTP/2, of net/http and (not in builds without libraries) of golang.org/x/net/http2.
    /// </summary>
    public IReadOnlyDictionary<string, int> Ports { get; private set; } = new Dictionary<string, int>();

    /// <summary>Starts it and waits until all routers serve.</summary>
    /// <param name="release">The build.</param>
    /// <param name="environment">Variables to set.</param>
    public static async Task<RoutesTarget> StartAsync(Release release, IReadOnlyDictionary<string, string?>? environment = null)
    {
        RoutesTarget target = new(ChildProcess.Start(release.Executable, [], environment));
        try
        {
            await target._process.Output.WaitForAsync(Ready(), Eventually.Soon, target._process.ToString);
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
        target.Ports = target._process.Output.Lines.Select(l => Listening().Match(l)).Where(m => m.Success)
            .ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        return target;
    }

    /// <summary>A client for <see cref="Request"/>; the target signs its certificate itself.</summary>
    public static HttpClient Client()
    {
        SocketsHttpHandler handler = new();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None;
        return new HttpClient(handler);
    }

    /// <summary>Whether the requests to a router go by HTTP/2.</summary>
    public static bool IsHttp2(string router) => router.Contains('_', StringComparison.Ordinal);

    /// <summary>A request in the protocol of the router's name.</summary>
    public HttpRequestMessage Request(string router, HttpMethod method, string path) =>
        new(method, $"{(router.EndsWith("_tls", StringComparison.Ordinal) ? "https" : "http")}://127.0.0.1:{TargetProcess.Text(Ports[router])}{path}")
        {
            Version = IsHttp2(router) ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex("^ready$")]
    private static partial Regex Ready();

    [GeneratedRegex(@"^(\w+) listening on 127\.0\.0\.1:(\d+)$")]
    private static partial Regex Listening();
}

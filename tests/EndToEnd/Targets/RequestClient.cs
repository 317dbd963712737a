using System.Collections.Concurrent;
using System.Net;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Sends HTTP/1.1 requests to one port and keeps what came back: the oracle for server spans.</summary>
internal sealed class RequestClient(int port) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = Eventually.Seconds(20),
    };
    private readonly ConcurrentQueue<Exchange> _exchanges = [];

    /// <summary>Everything asked and answered so far.</summary>
    public IReadOnlyCollection<Exchange> Exchanges => _exchanges;

    /// <summary>GET requests, one after another, over a connection that is kept.</summary>
    public async Task GetAsync(params string[] targets)
    {
        foreach (string target in targets) await SendAsync("GET", target);
    }

    /// <summary>One request; the answer is read to its end.</summary>
    public async Task<Exchange> SendAsync(string method, string target, string? body = null, string contentType = "text/plain")
    {
        using HttpRequestMessage request = new(new HttpMethod(method), target);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = new(contentType);
        }
        using HttpResponseMessage response = await _client.SendAsync(request);
        byte[] content = await response.Content.ReadAsByteArrayAsync();
        Exchange exchange = new(method, target, (int)response.StatusCode, body?.Length ?? 0, content.Length);
        _exchanges.Enqueue(exchange);
        return exchange;
    }

    /// <summary>One server span for each exchange.</summary>
    public IReadOnlyCollection<ExpectedSpan> ServerSpans() => [.. Exchanges.Select(e => e.ServerSpan(port))];

    public void Dispose() => _client.Dispose();
}

/// <summary>A request and its answer as the asking side saw them.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Status">Status code of the answer.</param>
/// <param name="RequestBytes">Bytes of the request body.</param>
/// <param name="ResponseBytes">Bytes of the response body without chunk framing.</param>
internal sealed record Exchange(string Method, string Target, int Status, int RequestBytes, int ResponseBytes)
{
    /// <summary>The server span that must come of it (semantic conventions, HTTP spans).</summary>
    public ExpectedSpan ServerSpan(int port)
    {
        ExpectedSpan span = ExpectedSpan.Server(Method, Target.Split('?')[0], Status)
            .With("url.scheme", "http")
            .With("server.address", "127.0.0.1")
            .With("server.port", port)
            .With("network.peer.address", "127.0.0.1")
            .With("http.response.body.size", ResponseBytes);
        return RequestBytes == 0 ? span : span.With("http.request.body.size", RequestBytes);
    }
}

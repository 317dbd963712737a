using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Debian's caddy serving HTTP/2 and passing requests on by HTTP/2 in clear text: net/http's copy as server, golang.org/x/net/http2 as client.</summary>
public sealed class CaddyHttp2Tests
{
    private static readonly X509Certificate2 s_certificate = Certificates.SelfSigned();

    [AgentTheory, MemberData(nameof(Releases.Caddy), MemberType = typeof(Releases))]
    public async Task Caddy_OverTls_GivesOneSpanPerRequest(Release release)
    {
        await using TargetProcess upstream = await H2Target.ServeAsync(H2Build("trixie-1.24"), "h2c");
        await using TargetProcess caddy = await StartAsync(release, upstream.Port, tls: true);
        await using Agent agent = await Agent.StartAsync(caddy);
        using HttpClient client = Client(caddy.Port, tls: true);

        await AskAsync(client, "/files/page.txt", 200, 100_000);
        await AskAsync(client, "/teapot", 418, 15);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => AskAsync(client, "/proxy/slow?ms=5", 200, 5)));
        await AskAsync(client, "/proxy/missing", 404, 19);
        await AskAsync(client, "/proxy/abort", 502, 0);

        string to = $"http://127.0.0.1:{TargetProcess.Text(upstream.Port)}";
        await agent.SpansShouldBeAsync(
        [
            Server("/files/page.txt", 200, 100_000), Server("/teapot", 418, 15), Server("/proxy/missing", 404, 19), Server("/proxy/abort", 502, 0),
            .. Enumerable.Repeat(Server("/proxy/slow", 200, 5), 100),
            .. Enumerable.Repeat(ExpectedSpan.Client("GET", $"{to}/slow", 200).With("network.protocol.version", "2"), 100),
            ExpectedSpan.Client("GET", $"{to}/missing", 404), ExpectedSpan.Client("GET", $"{to}/abort", null).With("error.type", "_OTHER"),
        ]);
        Assert.All(agent.Spans.Where(s => s.Kind == "client"), s => Assert.NotEmpty(s.ParentSpanId));
        await agent.StopAsync();
        await TextBytes.EqualFileAsync(caddy.Pid);

        ExpectedSpan Server(string path, int status, int bytes) => ExpectedSpan.Server("GET", path, status)
            .With("network.protocol.version", "2").With("url.scheme", "https").With("server.port", caddy.Port)
            .With("http.request.body.size", 0).With("http.response.body.size", bytes);
    }

    [AgentTheory, MemberData(nameof(Releases.Caddy), MemberType = typeof(Releases))]
    public async Task Caddy_InClearText_GivesOneSpanPerRequestAndNoneForTheConnection(Release release)
    {
        await using TargetProcess caddy = await StartAsync(release, upstream: 1, tls: false);
        await using Agent agent = await Agent.StartAsync(caddy);
        using HttpClient client = Client(caddy.Port, tls: false);

        await AskAsync(client, "/teapot", 418, 15);
        await AskAsync(client, "/files/page.txt", 200, 100_000);

        await agent.SpansShouldBeAsync(
            ExpectedSpan.Server("GET", "/teapot", 418).With("network.protocol.version", "2").With("url.scheme", "http"),
            ExpectedSpan.Server("GET", "/files/page.txt", 200).With("network.protocol.version", "2").With("http.response.body.size", 100_000));
        await agent.StopAsync();
    }

    private static async Task AskAsync(HttpClient client, string target, int status, int bytes)
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(target, UriKind.Relative));
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((status, bytes, HttpVersion.Version20), ((int)response.StatusCode, body.Length, response.Version));
    }

    private static HttpClient Client(int port, bool tls) => new(
        new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, c, _, _) => s_certificate.Equals(c) } })
    {
        BaseAddress = new Uri($"{(tls ? "https" : "http")}://127.0.0.1:{port}"),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(20),
    };

    private static Release H2Build(string build) =>
        ((IEnumerable<object[]>)Releases.H2).Select(row => (Release)row[0]).First(r => r.Build == build);

    private static Task<TargetProcess> StartAsync(Release release, int upstream, bool tls)
    {
        TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        folder.Write("files/page.txt", new string('x', 100_000));
        using ECDsa key = s_certificate.GetECDsaPrivateKey()!;
        string config = folder.Write("caddy.json", $$"""
            {
              "admin": { "disabled": true },
              "apps": {
                "tls": { "certificates": { "load_pem": [ { "certificate": {{Quoted(s_certificate.ExportCertificatePem())}}, "key": {{Quoted(key.ExportPkcs8PrivateKeyPem())}} } ] } },
                "http": { "servers": { "test": {
                  "listen": ["127.0.0.1:{{TargetProcess.Text(port)}}"],
                  {{(tls ? "\"tls_connection_policies\": [{}]," : "\"protocols\": [\"h1\", \"h2c\"],")}}
                  "automatic_https": { "disable": true },
                  "routes": [
                    { "match": [{ "path": ["/files/*"] }], "handle": [{ "handler": "file_server", "root": "{{folder.Path}}" }] },
                    { "match": [{ "path": ["/teapot"] }], "handle": [{ "handler": "static_response", "status_code": 418, "body": "short and stout" }] },
                    { "match": [{ "path": ["/proxy/*"] }], "handle": [
                      { "handler": "rewrite", "strip_path_prefix": "/proxy" },
                      { "handler": "reverse_proxy", "transport": { "protocol": "http", "versions": ["h2c", "2"] },
                        "upstreams": [{ "dial": "127.0.0.1:{{TargetProcess.Text(upstream)}}" }] } ] }
                  ]
                } } }
              }
            }
            """);
        return TargetProcess.StartAsync(release.Executable, port, ["run", "--config", config], "serving initial configuration", folder);
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}

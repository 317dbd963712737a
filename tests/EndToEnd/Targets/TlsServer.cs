using System.Net.Http.Headers;
using System.Net.Sockets;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>HTTPS servers that are not Go programs: <c>/bytes/N</c>, <c>/status/N</c>, and all but nginx <c>POST /length</c>.</summary>
internal static class TlsServer
{
    /// <summary>Programs and scripts of tests/targets/tls.</summary>
    public static string Script(string name) => Path.Combine(Repository.Root, "tests", "targets", "tls", name);

    /// <summary>Starts <c>python3</c>, <c>node</c> or <c>nginx</c>; nginx as a single process, which ends with the test.</summary>
    public static async Task<TargetProcess> StartAsync(string program)
    {
        TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        (string certificate, string key) = Certificates.WriteTo(folder);
        return program switch
        {
            "python3" => await TargetProcess.StartAsync("/usr/bin/python3", port, [Script("server.py"), TargetProcess.Text(port), certificate, key], folder: folder),
            "node" => await TargetProcess.StartAsync("/usr/bin/node", port, [Script("server.js"), TargetProcess.Text(port), certificate, key], folder: folder),
            _ => await TargetProcess.StartAsync("/usr/sbin/nginx", port, ["-c", NginxConfiguration(folder, certificate, key, port), "-e", folder.File("log")], folder: folder),
        };
    }

    /// <summary>Starts nginx on several ports, each its own server.</summary>
    public static async Task<TargetProcess> StartNginxAsync(params int[] ports)
    {
        TemporaryFolder folder = new();
        (string certificate, string key) = Certificates.WriteTo(folder);
        return await TargetProcess.StartAsync("/usr/sbin/nginx", ports[0], ["-c", NginxConfiguration(folder, certificate, key, ports), "-e", folder.File("log")], folder: folder);
    }

    /// <summary>A client that keeps to one connection.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="version">Of HTTP.</param>
    public static TlsConnection Connect(int port, string version = "1.1") => new(port, version);

    private static string NginxConfiguration(TemporaryFolder folder, string certificate, string key, params int[] ports)
    {
        foreach (int size in new[] { 3000, 300_000 }) File.WriteAllBytes(folder.File($"bytes/{size}"), new byte[size]);
        string servers = string.Concat(ports.Select(port => $$"""
              server {
                listen 127.0.0.1:{{port}} ssl http2 sndbuf=16k;
                ssl_certificate {{certificate}}; ssl_certificate_key {{key}};
                keepalive_requests 1000000;
                location = /status/404 { return 404 "status"; }
                location = /status/500 { return 500 "status"; }
                location /bytes/ { root {{folder.Path}}; }
                location / { return 200 "hello"; }
              }

            """));
        string temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(p => $"{p}_temp_path {folder.Path}/{p};\n"));
        return folder.Write("nginx.conf", $$"""
            user root; daemon off; master_process off; pid {{folder.Path}}/pid;
            events { worker_connections 256; }
            http {
              access_log off;
              {{temporary}}
            {{servers}}}
            """);
    }
}

/// <summary>An HTTPS client on one connection, which is opened by the first request.</summary>
internal sealed class TlsConnection : IDisposable
{
    private readonly HttpClient _client;

    public TlsConnection(int port, string version)
    {
        SocketsHttpHandler handler = new()
        {
            MaxConnectionsPerServer = 1,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
            ConnectCallback = async (context, stop) =>
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, stop);
                LocalPort = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        _client = new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://127.0.0.1:{port}"),
            Timeout = Eventually.Seconds(60),
            DefaultRequestVersion = new Version(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("test", "1"));
    }

    /// <summary>Its own port: what the server sees as its peer's.</summary>
    public int LocalPort { get; private set; }

    /// <summary>Asks, and takes the whole answer.</summary>
    public async Task GetAsync(string path, int status)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(status, (int)response.StatusCode);
    }

    /// <summary>Posts that many bytes to /length.</summary>
    public async Task PostAsync(int bytes)
    {
        using HttpResponseMessage response = await _client.PostAsync(new Uri("/length", UriKind.Relative), new ByteArrayContent(new byte[bytes]));
        Assert.Equal(bytes.ToString(System.Globalization.CultureInfo.InvariantCulture), await response.Content.ReadAsStringAsync());
    }

    public void Dispose() => _client.Dispose();
}

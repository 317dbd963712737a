using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Starts programs that nobody here wrote, each so quiet that every request is one of the test's.</summary>
internal static class Programs
{
    /// <summary>Starts whatever the release is, with the defaults of this class.</summary>
    public static Task<TargetProcess> StartAsync(Release release) => release.Program switch
    {
        "prometheus" => PrometheusAsync(release),
        "etcd" => EtcdAsync(release),
        "caddy" => CaddyAsync(release),
        "esbuild" => EsbuildAsync(release),
        _ => HttpAsync(release),
    };

    /// <summary>Debian's prometheus that scrapes nothing, not even itself.</summary>
    /// <param name="release">The build.</param>
    /// <param name="scrape">Ports whose /metrics it asks for each second after all.</param>
    public static Task<TargetProcess> PrometheusAsync(Release release, params int[] scrape)
    {
        TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        string targets = string.Join(", ", scrape.Select(p => $"'127.0.0.1:{TargetProcess.Text(p)}'"));
        string jobs = scrape.Length == 0 ? "[]" : $$"""[{ job_name: test, scrape_interval: 1s, static_configs: [{ targets: [{{targets}}] }] }]""";
        return TargetProcess.StartAsync(release.Executable, port,
        [
            $"--config.file={folder.Write("prometheus.yml", $"scrape_configs: {jobs}\n")}", $"--storage.tsdb.path={folder.File("data")}",
            $"--web.listen-address=127.0.0.1:{TargetProcess.Text(port)}",
        ], "Server is ready to receive web requests", folder);
    }

    /// <summary>Debian's etcd, a cluster of one.</summary>
    /// <param name="release">The build.</param>
    /// <param name="tls">Serve over TLS: then gRPC goes through net/http's HTTP/2.</param>
    public static Task<TargetProcess> EtcdAsync(Release release, bool tls = false)
    {
        TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        (string certificate, string key) = tls ? Certificates.WriteTo(folder) : ("", "");
        string client = $"{(tls ? "https" : "http")}://127.0.0.1:{TargetProcess.Text(port)}", peer = $"http://127.0.0.1:{TargetProcess.Text(LoopbackPort.Free())}";
        return TargetProcess.StartAsync(release.Executable, port,
        [
            "--name=test", $"--data-dir={folder.File("data")}", $"--listen-client-urls={client}", $"--advertise-client-urls={client}",
            $"--listen-peer-urls={peer}", $"--initial-advertise-peer-urls={peer}", $"--initial-cluster=test={peer}",
            .. tls ? new[] { $"--cert-file={certificate}", $"--key-file={key}" } : [],
        ], "ready to serve client requests", folder);
    }

    /// <summary>Debian's caddy: files under /files/, fixed answers under /status/, and a reverse proxy under /proxy/.</summary>
    /// <param name="release">The build.</param>
    /// <param name="upstream">The port that /proxy/ goes to.</param>
    public static Task<TargetProcess> CaddyAsync(Release release, int upstream = 1)
    {
        TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        folder.Write("files/page.txt", new string('x', 100_000));
        string config = folder.Write("caddy.json", $$"""
            {
              "admin": { "disabled": true },
              "apps": { "http": { "servers": { "test": {
                "listen": ["127.0.0.1:{{TargetProcess.Text(port)}}"],
                "automatic_https": { "disable": true },
                "routes": [
                  { "match": [{ "path": ["/files/*"] }], "handle": [{ "handler": "file_server", "root": "{{folder.Path}}" }] },
                  { "match": [{ "path": ["/teapot"] }], "handle": [{ "handler": "static_response", "status_code": 418, "body": "short and stout" }] },
                  { "match": [{ "path": ["/broken"] }], "handle": [{ "handler": "static_response", "status_code": 503 }] },
                  { "match": [{ "path": ["/proxy/*"] }], "handle": [
                    { "handler": "rewrite", "strip_path_prefix": "/proxy" },
                    { "handler": "reverse_proxy", "upstreams": [{ "dial": "127.0.0.1:{{TargetProcess.Text(upstream)}}" }] } ] },
                  { "handle": [{ "handler": "static_response", "status_code": 404, "body": "nothing here" }] }
                ]
              } } } }
            }
            """);
        return TargetProcess.StartAsync(release.Executable, port, ["run", "--config", config], "serving initial configuration", folder);
    }

    /// <summary>npm's esbuild, which bundles app.js at each request.</summary>
    public static Task<TargetProcess> EsbuildAsync(Release release)
    {
        TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        string source = folder.Write("source/app.js", "export const answer = 42; console.log(answer);\n");
        folder.Write("www/index.html", "<p>hello</p>\n");
        return TargetProcess.StartAsync(release.Executable, port,
            [source, "--bundle", $"--outdir={folder.File("www/js")}", $"--servedir={folder.File("www")}", $"--serve=127.0.0.1:{TargetProcess.Text(port)}"],
            serving: null, folder);
    }

    /// <summary>Runs npm's dbmate on a database: one migration that makes a table, fills it and is recorded in schema_migrations. Returns what it said.</summary>
    /// <param name="release">The build.</param>
    /// <param name="url">The database; see <see cref="Database.Url"/>.</param>
    public static async Task<string> DbmateUpAsync(Release release, string url)
    {
        using TemporaryFolder folder = new();
        folder.Write("migrations/20200101000000_item.sql", """
            -- migrate:up
            CREATE TABLE item (id int, name varchar(50));
            INSERT INTO item VALUES (1, 'one'), (2, 'two');
            -- migrate:down
            DROP TABLE item;
            """);
        return await ChildProcess.RunAsync(release.Executable, "--url", url, "--migrations-dir", folder.File("migrations"), "--no-dump-schema", "up");
    }

    /// <summary>Runs Debian's etcdctl on an etcd and returns what it said.</summary>
    public static Task<string> EtcdctlAsync(Release release, TargetProcess etcd, params string[] arguments) =>
        ChildProcess.RunAsync(release.Executable, [$"--endpoints=127.0.0.1:{TargetProcess.Text(etcd.Port)}", .. arguments]);

    /// <summary>
    /// Starts npm's buf, which asks a gRPC server on that port for its health, by HTTP/2 in clear text. It waits for the request on its stdin, <c>{}</c>,
    /// and for that to be closed before it calls, and writes the answer as JSON.
    /// </summary>
    /// <param name="executable">The program.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="folder">Where the schema is put.</param>
    public static ChildProcess StartBufHealthCheck(string executable, int port, TemporaryFolder folder)
    {
        string schema = folder.Write("health.proto", """
            syntax = "proto3";
            package grpc.health.v1;
            message HealthCheckRequest { string service = 1; }
            message HealthCheckResponse {
              enum ServingStatus { UNKNOWN = 0; SERVING = 1; }
              ServingStatus status = 1;
            }
            service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
            """);
        return ChildProcess.Start(
            executable, ["curl", "--protocol", "grpc", "--http2-prior-knowledge", "--schema", schema, "-d", "@-", $"http://127.0.0.1:{TargetProcess.Text(port)}/grpc.health.v1.Health/Check"]);
    }

    /// <summary>Our own tests/targets/http.</summary>
    /// <param name="release">The build.</param>
    /// <param name="port">The port; null: a free one.</param>
    /// <param name="executable">Another copy of the executable.</param>
    /// <param name="variables">Further variables of its environment.</param>
    public static Task<TargetProcess> HttpAsync(Release release, int? port = null, string? executable = null, IReadOnlyDictionary<string, string>? variables = null)
    {
        int chosen = port ?? LoopbackPort.Free();
        return TargetProcess.StartAsync(executable ?? release.Executable, chosen, ["-listen", $"127.0.0.1:{TargetProcess.Text(chosen)}"], "listening on", variables: variables);
    }
}

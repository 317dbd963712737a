namespace EndToEnd.Targets.Web;

/// <summary>The servers of the matrix.</summary>
internal static class WebServers
{
    private static readonly string s_java = Path.Combine(Harness.Repository.Targets, "web", "java");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<WebServer> All { get; } =
    [
        new("python", "/usr/bin/python3", p => [WebPlace.Script("server.py"), p.PortText, .. p.TlsArguments]),
        new("gunicorn", "/usr/bin/gunicorn", p =>
        [
            "--workers", "2", "--keep-alive", "5", "--bind", $"127.0.0.1:{p.PortText}", "--chdir", WebPlace.Script(""), "--worker-tmp-dir", p.Folder.Path,
            .. p.Tls is var (certificate, key) ? (string[])["--certfile", certificate, "--keyfile", key] : [], "app:application",
        ]) { Pipelines = false, HasWorkers = true },
        new("webrick", "/usr/bin/ruby", p => [WebPlace.Script("server.rb"), p.PortText, .. p.TlsArguments]),
        new("puma", "/usr/bin/puma", p =>
        [
            "--silent", "--environment", "production", "--bind",
            p.Tls is var (certificate, key) ? $"ssl://127.0.0.1:{p.PortText}?key={key}&cert={certificate}&verify_mode=none" : $"tcp://127.0.0.1:{p.PortText}",
            WebPlace.Script("config.ru"),
        ]),
        new("node", "/usr/bin/node", p => [WebPlace.Script("server.js"), p.PortText, .. p.TlsArguments]),
        new("nginx", "/usr/sbin/nginx", p => ["-c", WebConfigurations.Nginx(p), "-e", p.Folder.File("log")]) { HasWorkers = true },
        new("apache", "/usr/sbin/apache2", p => ["-D", "FOREGROUND", "-f", WebConfigurations.Apache(p)]) { HasWorkers = true },
        new("php", "/usr/bin/php", p => ["-q", "-S", $"127.0.0.1:{p.PortText}", WebPlace.Script("router.php")]) { SpeaksTls = false, Pipelines = false },
        new("java", "/usr/bin/java", p => ["-cp", s_java, "Web", "serve", p.PortText]) { SpeaksTls = false },
        new("kestrel", "web/dotnet/Web", p => ["serve", p.PortText, .. p.TlsArguments]),
    ];
}

namespace EndToEnd.Targets.Web;

/// <summary>The clients of the matrix.</summary>
internal static class WebClients
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<WebClient> All { get; } =
    [
        new("curl", "/usr/bin/curl", _ => ["-K", "-"]) { SaysReady = false, Input = CurlConfiguration },
        new("wget", "/usr/bin/wget", _ => ["-q", "--no-check-certificate", "--content-on-error", "-O", "/dev/null", "-i", "-"])
        {
            SaysReady = false,
            TlsLibrary = "gnutls",
            ExitCode = 8, // of errors that the server answers
            Requests = [.. WebRequests.All.Where(r => r.Method == "GET")],
            Input = root => string.Join('\n', WebRequests.All.Where(r => r.Method == "GET").Select(r => root + r.Path)),
        },
        new("urllib", "/usr/bin/python3", _ => ["-u", WebPlace.Script("client.py")]),
        new("fetch", "/usr/bin/node", _ => [WebPlace.Script("client.js")]),
        new("java", "/usr/bin/java", port => ["-cp", Path.Combine(Harness.Repository.Targets, "web", "java"), "Web", "ask", TargetProcess.Text(port)]) { Listens = true, TlsLibrary = null },
        new("dotnet", "web/dotnet/Web", port => ["ask", TargetProcess.Text(port)]) { Listens = true },
    ];

    /// <summary>curl reads all of it before it begins.</summary>
    private static string CurlConfiguration(string root) => string.Join("\nnext\n", WebRequests.All.Select(r =>
        $"silent\ninsecure\nhttp1.1\nurl={root}{r.Path}\noutput=/dev/null" + (r.Method == "POST" ? $"\ndata={new string('y', WebRequests.PostedBytes)}" : "")));
}

namespace Beyla.Elf.Tests.Go;

/// <summary>What a tracer of net/http asks a binary for.</summary>
internal static class NetHttp
{
    public static IReadOnlyList<(string Package, string Type, string Field)> Fields { get; } =
    [
        .. Of("net/http", "Request", "Method", "URL", "Host", "RemoteAddr", "ContentLength", "RequestURI", "TLS", "ProtoMajor", "ProtoMinor"),
        .. Of("net/http", "response", "conn", "req", "status", "written", "wroteHeader"),
        .. Of("net/http", "conn", "remoteAddr"),
        .. Of("net/http", "Response", "StatusCode", "ContentLength", "ProtoMajor", "ProtoMinor"),
        .. Of("net/url", "URL", "Scheme", "Host", "Path"),
        .. Of("runtime", "g", "goid"),
    ];

    public static IReadOnlySet<string> Functions { get; } = new HashSet<string>
    {
        "net/http.serverHandler.ServeHTTP", "net/http.(*response).finishRequest", "net/http.(*conn).serve", "net/http.(*conn).serve.func1",
        "net/http.(*response).Hijack", "net/http.(*Transport).roundTrip",
    };

    public const string Response = "*net/http.response", ResponseWriter = "net/http.ResponseWriter";

    /// <summary>"net/http.Request.URL=16", in order; a missing one has no number.</summary>
    public static string Offsets(GoBinary go) =>
        string.Join(' ', Fields.Select(f => $"{f.Package}.{f.Type}.{f.Field}={go.FindField(f.Package, f.Type, f.Field)}"));

    private static IEnumerable<(string, string, string)> Of(string package, string type, params string[] fields) =>
        fields.Select(f => (package, type, f));
}

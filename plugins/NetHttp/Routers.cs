namespace Beyla.Plugins.NetHttp;

/// <summary>
/// Where routers keep the route of a request: net/http's own mux in the Request; others, each in a group of its own, in objects that one more
/// hit per request (chi: per router that is passed) finds. The mux of Go before 1.22 keeps it nowhere: bpf/net_http/old_mux.h.
/// </summary>
internal static class Routers
{
    private const string OldMuxRoutes = "old_mux_routes";

    private static readonly ProbeGroup OldMux = new("old-mux") { Support = true, EnabledBy = OldMuxRoutes };
    private static readonly ProbeGroup Gin = new("gin") { Support = true };
    private static readonly ProbeGroup Echo = new("echo") { Support = true };
    private static readonly ProbeGroup Chi = new("chi") { Support = true };
    private static readonly ProbeGroup Gorilla = new("gorilla") { Support = true };

    /// <summary>Import paths by major version, newest first.</summary>
    private static readonly string[] EchoPackages = ["github.com/labstack/echo/v4", "github.com/labstack/echo"];
    private static readonly string[] ChiPackages = ["github.com/go-chi/chi/v5", "github.com/go-chi/chi"];

    /// <summary>The user's switch for the routes of old muxes.</summary>
    public static TracerSetting OldMuxSetting { get; } = new(
        OldMuxRoutes, TracerSettingType.Boolean, "false",
        "Also names the routes of net/http's mux as it was before Go 1.22, and still is with httpmuxgo121=1: one more probe hit, single-stepped in most programs, for each request that passes it.");

    public static IReadOnlyList<GoProbe> Probes { get; } =
    [
        .. new[] { "serveMux121", "ServeMux" }.Select(mux => OldMux.Returns($"net/http.(*{mux}).handler", "old_mux_routes", result: 2) with { Words = 2, OneOf = "handler" }),
        Gin.Entry("github.com/gin-gonic/gin.(*Engine).handleHTTPRequest", "gin_routes"),
        .. EchoPackages.Select(p => Echo.Entry($"{p}.(*Router).Find", "echo_routes") with { OneOf = "find" }),
        .. ChiPackages.Select(p => Chi.Entry($"{p}.(*node).FindRoute", "chi_routes") with { OneOf = "find" }),
        Gorilla.Entry("github.com/gorilla/mux.requestWithRoute", "gorilla_routes"),
    ];

    /// <summary>Tells the BPF side whether to look for what old muxes noted.</summary>
    public static BpfVariable OldMuxVariable(ITracerSettings settings) => BpfVariable.Of("reads_old_mux", settings.Boolean(OldMuxRoutes));

    /// <summary>Where net/http's own mux leaves the pattern that matched.</summary>
    /// <param name="server">The group of a server.</param>
    public static IEnumerable<GoField> MuxFields(ProbeGroup server) =>
    [
        server.Field("net/http", "Request", "Pattern", "request_pattern", FailureMode.Ignore),
        server.Field("net/http", "Request", "pat", "request_pat", FailureMode.Ignore),
        server.Field("net/http", "pattern", "str", "pattern_str", FailureMode.Ignore),
    ];

    public static IEnumerable<GoField> Fields { get; } =
    [
        Gin.Field("github.com/gin-gonic/gin", "Context", "Request", "gin_request"),
        Gin.Field("github.com/gin-gonic/gin", "Context", "fullPath", "gin_full_path"),
        .. EchoPackages.Select(p => Echo.Field(p, "context", "request", "echo_request")),
        .. EchoPackages.Select(p => Echo.Field(p, "context", "path", "echo_path")),
        .. ChiPackages.Select(p => Chi.Field(p, "Context", "parentCtx", "chi_parent")),
        .. ChiPackages.Select(p => Chi.Field(p, "Context", "RoutePatterns", "chi_patterns")),
        Gorilla.Field("github.com/gorilla/mux", "Route", "routeConf.regexp.path", "gorilla_path"),
        Gorilla.Field("github.com/gorilla/mux", "routeRegexp", "template", "gorilla_template"),
    ];
}

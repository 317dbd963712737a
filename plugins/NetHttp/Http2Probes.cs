namespace Beyla.Plugins.NetHttp;

/// <summary>
/// What is probed for HTTP/2. A program may hold two copies of Go's implementation: net/http's own, a package of its own from Go 1.27 on, and
/// <c>golang.org/x/net/http2</c>. Round trips of net/http's client are seen at <c>Transport.roundTrip</c>, whatever their protocol.
/// </summary>
internal static class Http2Probes
{
    private const string XNetPackage = "golang.org/x/net/http2";

    /// <summary>
    /// net/http's copy. Requests begin where net/http calls the handler: in <c>server_request_begin</c> of the group <c>server</c>, which knows
    /// them by their itab.
    /// </summary>
    private static readonly ProbeGroup Server = new("http2-server") { Serves = true };

    /// <summary>
    /// Requests that net/http's copy hands to a handler of <c>golang.org/x/net/http2</c>, past net/http's own server: from Go 1.27 on x/net only
    /// passes its connections on, by this function.
    /// </summary>
    private static readonly ProbeGroup DirectServer = new("http2-server-direct") { Serves = true, OnlyWith = $"{XNetPackage}.(*serverConfig).ServeConnFunc" };

    private static readonly ProbeGroup XNetServer = new("xnet-http2-server") { Serves = true };

    private static readonly ProbeGroup XNetClient = new("xnet-http2-client");

    /// <summary>Connections that the program manages itself (<c>Transport.NewClientConn</c>, Go 1.26), for HTTP/1 and HTTP/2.</summary>
    private static readonly ProbeGroup ClientConnection = new("client-conn");

    public static IEnumerable<GoProbe> Probes =>
    [
        OneOf("end", Server.Entry("net/http/internal/http2.(*serverConn).runHandler.func1", "http2_std_handler_end")),
        OneOf("end", Server.Entry("net/http.(*http2serverConn).runHandler.func1", "http2_std_handler_end")),

        DirectServer.Entry("net/http/internal/http2.(*serverConn).runHandler", "http2_std_handler_begin"),

        XNetServer.Entry($"{XNetPackage}.(*serverConn).runHandler", "http2_xnet_handler_begin"),
        XNetServer.Entry($"{XNetPackage}.(*serverConn).runHandler.func1", "http2_xnet_handler_end"),

        // Newer releases split the function; in Go 1.27 the first part leads to net/http's Transport, the second to a pool of the program's own.
        OneOf("begin", XNetClient.Entry($"{XNetPackage}.(*Transport).roundTripViaPool", "direct_round_trip_begin")),
        OneOf("begin", XNetClient.Entry($"{XNetPackage}.(*Transport).RoundTripOpt", "direct_round_trip_begin")),
        OneOf("end", XNetClient.Returns($"{XNetPackage}.(*Transport).roundTripViaPool", "direct_round_trip_end", result: 0)),
        OneOf("end", XNetClient.Returns($"{XNetPackage}.(*Transport).RoundTripOpt", "direct_round_trip_end", result: 0)),

        ClientConnection.Entry("net/http.(*ClientConn).RoundTrip", "direct_round_trip_begin"),
        ClientConnection.Returns("net/http.(*ClientConn).RoundTrip", "direct_round_trip_end", result: 0),
    ];

    public static IEnumerable<GoItab> Itabs =>
    [
        Server.Itab("net/http.http2ResponseWriter", "net/http.ResponseWriter", "itab_http2_response"),
        Server.Itab("*net/http.http2responseWriter", "net/http.ResponseWriter", "itab_http2_response"),
    ];

    /// <summary>The fields, with those that round trips share with net/http's client.</summary>
    /// <param name="client">The rows of the group <c>client</c>.</param>
    public static IEnumerable<GoField> Fields(IEnumerable<GoField> client) =>
    [
        .. Copy(Server, "http2", "net/http/internal/http2", ""),
        .. Copy(Server, "http2", "net/http", "http2"),
        .. Request(Server, "http2", "net/http/internal/http2", "ServerRequest"),
        .. Request(Server, "http2", "net/http", "Request"),
        .. Copy(XNetServer, "xnet_http2", XNetPackage, ""),
        .. Request(XNetServer, "xnet_http2", "net/http", "Request"),
        Server.Field("runtime", "g", "_panic", "g_panic"),
        XNetServer.Field("runtime", "g", "_panic", "g_panic"),
        .. Routers.MuxFields(XNetServer),
        .. client.SelectMany(f => new[] { f with { Group = XNetClient }, f with { Group = ClientConnection } }),
    ];

    private static GoProbe OneOf(string name, GoProbe probe) => probe with { OneOf = name };

    /// <summary>The slots of one copy (<c>HTTP2_SLOTS</c> in <c>http2_slots.h</c>).</summary>
    private static IEnumerable<GoField> Copy(ProbeGroup group, string slots, string package, string prefix) =>
    [
        group.Field(package, $"{prefix}responseWriter", "rws", $"{slots}_writer_state"),
        group.Field(package, $"{prefix}responseWriterState", "stream", $"{slots}_state_stream"),
        group.Field(package, $"{prefix}responseWriterState", "conn", $"{slots}_state_conn"),
        group.Field(package, $"{prefix}responseWriterState", "req", $"{slots}_state_request"),
        group.Field(package, $"{prefix}responseWriterState", "req", $"{slots}_state_request_is_pointer") with { Fact = FieldFact.IsPointer },
        group.Field(package, $"{prefix}responseWriterState", "handlerHeader", $"{slots}_state_header"),
        group.Field(package, $"{prefix}responseWriterState", "status", $"{slots}_state_status"),
        group.Field(package, $"{prefix}responseWriterState", "sentHeader", $"{slots}_state_sent_header"),
        group.Field(package, $"{prefix}responseWriterState", "wroteBytes", $"{slots}_state_written"),
        group.Field(package, $"{prefix}stream", "state", $"{slots}_stream_state"),
        group.Field(package, $"{prefix}stream", "bodyBytes", $"{slots}_stream_body_bytes"),
        group.Field(package, $"{prefix}serverConn", "remoteAddrStr", $"{slots}_conn_remote_address"),
    ];

    private static IEnumerable<GoField> Request(ProbeGroup group, string slots, string package, string type) =>
    [
        group.Field(package, type, "Method", $"{slots}_request_method"),
        group.Field(package, type, "RequestURI", $"{slots}_request_uri"),
        group.Field(package, type, "Host", $"{slots}_request_host"),
        group.Field(package, type, "ContentLength", $"{slots}_request_content_length"),
        group.Field(package, type, "TLS", $"{slots}_request_tls"),
        group.Field(package, type, "Header", $"{slots}_request_header"),
    ];
}

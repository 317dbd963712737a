namespace Beyla.Plugins.NetHttp;

/// <summary>
/// Server and client spans of Go's <c>net/http</c> and of HTTP/2 (<see cref="Http2Probes"/>; Go 1.17 and later: register arguments). A server of HTTP/1
/// is seen by two probe hits per request: the function that calls the handler and the one that finishes the response; or, if the user says so, at its
/// sockets (<see cref="SocketServer"/>). A client's round trip and its return. Routers see <see cref="Routers"/>.
/// </summary>
public sealed class NetHttpTracer : ITracer, IUprobeSet, IKprobeSet, IConfigurableTracer
{
    private static readonly ProbeGroup Server = new("server") { Serves = true, Front = "uprobe" };
    private static readonly ProbeGroup Client = new("client");

    private static readonly GoField[] ClientFields =
    [
        Client.Field("net/http", "Request", "URL", "request_url"),
        Client.Field("net/http", "Request", "Body", "request_body"),
        Client.Field("net/url", "URL", "Scheme", "url_scheme"),
        Client.Field("net/url", "URL", "Host", "url_host"),
        Client.Field("net/url", "URL", "Path", "url_path"),
        Client.Field("net/url", "URL", "RawPath", "url_raw_path"),
        Client.Field("net/http", "Response", "StatusCode", "answer_status"),
        Client.Field("net/http", "Response", "ProtoMajor", "answer_proto_major"),
        Client.Field("net/http", "Response", "ProtoMinor", "answer_proto_minor"),
        Client.Field("net/http", "Response", "ContentLength", "answer_content_length"),
        Client.Field("net/http", "Response", "Header", "answer_header"),
        .. ClientErrors.Fields(Client),
    ];

    private HeaderCapture _capture = HeaderCapture.None;
    private IReadOnlyList<BpfVariable> _variables = [HeaderCapture.None.Variable];

    /// <inheritdoc/>
    public string Name => "net-http";

    /// <inheritdoc/>
    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<NetHttpTracer>("net_http.bpf.o");

    /// <inheritdoc/>
    public IReadOnlyList<GoProbe> GoProbes { get; } =
    [
        Server.Entry("net/http.serverHandler.ServeHTTP", "server_request_begin"),
        Server.Entry("net/http.(*response).finishRequest", "server_request_end"),
        // The deferred func of serve: ends the span of a handler that panicked, and the state of every connection.
        Server.Entry("net/http.(*conn).serve.func1", "server_connection_end"),
        // The linker drops Hijack from programs that cannot call it: nothing is lost then.
        Server.Entry("net/http.(*response).Hijack", "server_request_hijack", FailureMode.Ignore),

        Client.Entry("net/http.(*Transport).roundTrip", "client_request_begin"),
        Client.Returns("net/http.(*Transport).roundTrip", "client_request_end", result: 0),

        .. SocketServer.Probes,
        .. Http2Probes.Probes,
        .. Routers.Probes,
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoField> GoFields { get; } =
    [
        .. ServedRequest(Server),
        .. ServedRequest(SocketServer.Group),
        .. SocketServer.Fields,
        .. Routers.Fields,

        new("net/http", "Request", "Method", "request_method"),
        new("net/http", "Request", "ContentLength", "request_content_length"),
        new("net/http", "Request", "Header", "request_header"),

        .. ClientFields,
        .. Http2Probes.Fields(ClientFields),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoItab> GoItabs { get; } =
    [
        // Tells HTTP/1 from HTTP/2, whose responses are of another type.
        Server.Itab("*net/http.response", "net/http.ResponseWriter", "itab_response"),
        .. Http2Probes.Itabs,
        .. ClientErrors.Itabs(Client),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoroutineArgument> GoroutineArguments => SocketServer.Arguments;

    /// <inheritdoc/>
    public IReadOnlyList<KernelHook> KernelHooks => SocketServer.Hooks;

    /// <inheritdoc/>
    public IReadOnlyList<LibraryProbe> LibraryProbes => [];

    /// <inheritdoc/>
    public IReadOnlyList<TracerSetting> Settings { get; } = [HeaderCapture.Setting, Routers.OldMuxSetting];

    /// <inheritdoc/>
    public IReadOnlyList<BpfVariable> BpfVariables => _variables;

    /// <inheritdoc/>
    public void Configure(ITracerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _capture = HeaderCapture.Of(settings.Texts(HeaderCapture.Key));
        _variables = [_capture.Variable, Routers.OldMuxVariable(settings)];
    }

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        switch (e.Header.Kind)
        {
            case HttpServerEvent.Kind: HttpServerSpan.Write(e, e.Payload<HttpServerEvent>(), spans)?.End(); break;
            case HttpClientEvent.Kind: HttpClientSpan.Write(e, e.Payload<HttpClientEvent>(), spans).End(); break;
            case HttpServerCapturedEvent.Kind:
                ref readonly HttpServerCapturedEvent served = ref e.Payload<HttpServerCapturedEvent>();
                if (HttpServerSpan.Write(e, served.Request, spans) is { } server) Captured(server, served.Headers);
                break;
            case HttpClientCapturedEvent.Kind:
                ref readonly HttpClientCapturedEvent sent = ref e.Payload<HttpClientCapturedEvent>();
                Captured(HttpClientSpan.Write(e, sent.Request, spans), sent.Headers);
                break;
            default: spans.Drop("unknown-kind"); break;
        }
    }

    /// <summary>What a request and its response say, wherever they are seen.</summary>
    private static IEnumerable<GoField> ServedRequest(ProbeGroup server) =>
    [
        server.Field("net/http", "response", "conn", "response_conn"),
        server.Field("net/http", "response", "req", "response_request"),
        server.Field("net/http", "response", "wroteHeader", "response_wrote_header"),
        server.Field("net/http", "response", "written", "response_written"),
        server.Field("net/http", "response", "status", "response_status"),
        server.Field("net/http", "conn", "hijackedv", "conn_hijacked", FailureMode.Warn),
        server.Field("net/http", "conn", "remoteAddr", "conn_remote_address"),
        server.Field("net/http", "Request", "ProtoMajor", "request_proto_major"),
        server.Field("net/http", "Request", "ProtoMinor", "request_proto_minor"),
        server.Field("net/http", "Request", "Host", "request_host"),
        server.Field("net/http", "Request", "RequestURI", "request_uri"),
        server.Field("net/http", "Request", "TLS", "request_tls"),
        server.Field("net/http", "response", "handlerHeader", "response_header"),
        .. Routers.MuxFields(server),
    ];

    private void Captured(Span span, in CapturedHeaders headers)
    {
        _capture.Set(span, headers);
        span.End();
    }
}

namespace Beyla.Plugins.Grpc;

/// <summary>
/// Server and client spans for <c>google.golang.org/grpc</c>, one per RPC of any kind. Two probe hits for each: a server's stream is handed to
/// its handler and its status is written; a client's stream gets its first attempt and is finished.
/// </summary>
public sealed class GrpcTracer : ITracer, IUprobeSet
{
    private const string Grpc = "google.golang.org/grpc";
    private const string Transport = Grpc + "/internal/transport";
    private const string Status = Grpc + "/internal/status";

    private static readonly ProbeGroup Server = new("server") { Serves = true };
    private static readonly ProbeGroup Client = new("client");

    /// <inheritdoc/>
    public string Name => "grpc";

    /// <inheritdoc/>
    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<GrpcTracer>("grpc.bpf.o");

    /// <inheritdoc/>
    public IReadOnlyList<GoProbe> GoProbes { get; } =
    [
        Server.Entry(Grpc + ".(*Server).handleStream", "server_call_begin"),
        // A program that only serves behind net/http has no http2Server, and the other way round.
        Server.Entry(Transport + ".(*http2Server).writeStatus", "server_status_written", FailureMode.Ignore) with { OneOf = "status" },
        Server.Entry(Transport + ".(*http2Server).WriteStatus", "server_status_written", FailureMode.Ignore) with { OneOf = "status" },
        Server.Entry(Transport + ".(*http2Server).HandleStreams", "connection_begin", FailureMode.Ignore),
        Server.Entry(Transport + ".(*serverHandlerTransport).writeStatus", "handler_status_written", FailureMode.Ignore) with { OneOf = "handler-status" },
        Server.Entry(Transport + ".(*serverHandlerTransport).WriteStatus", "handler_status_written", FailureMode.Ignore) with { OneOf = "handler-status" },

        Client.Entry(Grpc + ".(*clientStream).newAttemptLocked", "client_call_begin"),
        Client.Entry(Grpc + ".(*clientStream).finish", "client_call_end"),
        Client.Entry(Transport + ".(*http2Client).reader", "connection_begin"),
        // Only where an attempt failed. Result words: itab and data of the error.
        Client.Entry(Grpc + ".(*clientStream).retryLocked", "client_retry_begin"),
        Client.Returns(Grpc + ".(*clientStream).retryLocked", "client_retry_end", result: 1),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoField> GoFields { get; } =
    [
        // 1.69 split Stream into ServerStream and ClientStream, which pointed at a Stream, and from 1.77 on contain it.
        Server.Field(Transport, "ServerStream", "Stream", "server_stream_base", FailureMode.Ignore),
        Server.Field(Transport, "ServerStream", "Stream", "server_stream_points", FailureMode.Ignore) with { Fact = FieldFact.IsPointer },
        Server.Field(Transport, "Stream", "method", "stream_method"),
        Server.Field(Transport, "Stream", "ctx", "stream_context"),
        Server.Field(Transport, "Stream", "state", "stream_state"),
        Server.Field(Transport, "http2Server", "peer.Addr", "server_peer", FailureMode.Ignore), // 1.60
        Server.Field(Transport, "http2Server", "remoteAddr", "server_peer", FailureMode.Ignore),
        Server.Field(Transport, "http2Server", "peer.LocalAddr", "server_local", FailureMode.Ignore),
        Server.Field(Transport, "http2Server", "localAddr", "server_local", FailureMode.Ignore),
        Server.Field(Transport, "serverHandlerTransport", "req", "handler_request", FailureMode.Ignore),
        Server.Field("net/http", "Request", "Host", "request_host", FailureMode.Ignore),
        Server.Field("net/http", "Request", "RemoteAddr", "request_remote_address", FailureMode.Ignore),
        Server.Field("context", "valueCtx", "Context", "value_context_parent", FailureMode.Warn),
        Server.Field("context", "valueCtx", "key", "value_context_key", FailureMode.Warn),
        Server.Field("context", "valueCtx", "val", "value_context_value", FailureMode.Warn),

        Client.Field(Grpc, "clientStream", "callHdr", "client_stream_header"),
        Client.Field(Grpc, "clientStream", "finished", "client_stream_finished"),
        Client.Field(Grpc, "clientStream", "attempt", "client_stream_attempt"),
        Client.Field(Transport, "CallHdr", "Host", "call_header_host"),
        Client.Field(Transport, "CallHdr", "Method", "call_header_method"),
        Client.Field(Grpc, "csAttempt", "transportStream", "attempt_stream"),
        Client.Field(Grpc, "csAttempt", "s", "attempt_stream"),
        Client.Field(Grpc, "csAttempt", "transport", "attempt_transport"),
        Client.Field(Grpc, "csAttempt", "t", "attempt_transport"),
        Client.Field(Transport, "http2Client", "remoteAddr", "client_peer", FailureMode.Warn),
        Client.Field("fmt", "wrapError", "err", "wrap_error_inner", FailureMode.Ignore),
        Client.Field(Status, "Error", "s", "error_status", FailureMode.Ignore),
        Client.Field(Status, "Error", "e", "error_proto", FailureMode.Ignore),

        new(Status, "Status", "s", "status_proto"),
        new("google.golang.org/genproto/googleapis/rpc/status", "Status", "Code", "proto_code"),
        new("net", "TCPAddr", "IP", "tcp_address_ip"),
        new("net", "TCPAddr", "Port", "tcp_address_port"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoItab> GoItabs { get; } =
    [
        Server.Itab($"*{Transport}.serverHandlerTransport", Transport + ".ServerTransport", "itab_handler_transport", FailureMode.Ignore),
        Server.Itab("*context.valueCtx", "context.Context", "itab_value_context", FailureMode.Warn),
        Client.Itab($"*{Status}.Error", "error", "itab_status_error"),
        Client.Itab("*errors.errorString", "error", "itab_error_string"),
        Client.Itab("*fmt.wrapError", "error", "itab_wrap_error", FailureMode.Ignore),
        new("*net.TCPAddr", "net.Addr", "itab_tcp_address"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoType> GoTypes { get; } =
    [
        Server.Type(Grpc + "/metadata.mdIncomingKey", "type_incoming_metadata", FailureMode.Warn),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<LibraryProbe> LibraryProbes => [];

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        switch (e.Header.Kind)
        {
            case RpcEvent.ServerKind: RpcSpan.WriteServer(e, spans); break;
            case RpcEvent.ClientKind: RpcSpan.WriteClient(e, spans); break;
            default: spans.Drop("unknown-kind"); break;
        }
    }
}

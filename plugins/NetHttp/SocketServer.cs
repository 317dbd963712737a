namespace Beyla.Plugins.NetHttp;

/// <summary>
/// The server of HTTP/1, plain and TLS, seen at its sockets: no probe is hit. The request is read from the program's own objects, which the
/// connection's goroutine leads to (bpf/net_http/socket_server.h).
/// </summary>
internal static class SocketServer
{
    /// <summary>The group. By name only: some of what the probes show is not seen (docs/limits.md).</summary>
    public static ProbeGroup Group { get; } = new("server-sockets") { Serves = true, Front = "socket", ByNameOnly = true };

    /// <summary>Requests of HTTP/2 begin where their goroutine does: net/http's own hook on the way to the handler is not probed.</summary>
    public static IEnumerable<GoProbe> Probes { get; } =
    [
        Group.Entry("net/http/internal/http2.(*serverConn).runHandler", "http2_std_request_begin", FailureMode.Ignore) with { OneOf = "http2" },
        Group.Entry("net/http.(*http2serverConn).runHandler", "http2_std_request_begin", FailureMode.Ignore) with { OneOf = "http2" },
    ];

    /// <summary>The goroutine of a connection, and its *conn.</summary>
    public static IReadOnlyList<GoroutineArgument> Arguments { get; } =
        [Group.Argument("net/http.(*Server).Serve", "net/http.(*conn).serve", "serve_start", "serve_argument")];

    /// <summary>What only this way needs.</summary>
    public static IEnumerable<GoField> Fields { get; } =
    [
        Group.Field("runtime", "g", "startpc", "g_start_pc"),
        Group.Field("net/http", "conn", "curReq.v", "conn_current") with { Fact = FieldFact.PointerOffset },
        Group.Field("net/http", "response", "handlerDone", "response_handler_done"),
    ];

    /// <summary>What is seen of sockets. Linux 6.3 and later.</summary>
    public static IReadOnlyList<KernelHook> Hooks { get; } =
    [
        new(Group,
        [
            new("socket-tracepoints",
            [
                new(KernelHookKind.TpBtf, "sock_recv_length", "server_socket_received"),
                new(KernelHookKind.TpBtf, "sock_send_length", "server_socket_sent"),
                new(KernelHookKind.TpBtf, "inet_sock_set_state", "server_socket_closed"),
                new(KernelHookKind.TpBtf, "tcp_destroy_sock", "server_socket_destroyed"),
            ]),
        ], FailureMode.Warn),
    ];
}

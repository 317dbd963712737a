namespace Beyla.Plugins.HttpFilter;

/// <summary>
/// HTTP server and client spans of any process, by what it sends and receives on its TCP sockets. One event per exchange of HTTP/1: requests and
/// responses are matched by the BPF programs. Of HTTP/2 the frames.
/// </summary>
public sealed class HttpFilterTracer : ITracer, IKprobeSet
{
    private static readonly ProbeGroup Connections = new("connections");

    private static readonly KernelProbe Closed = new(KernelHookKind.TpBtf, "inet_sock_set_state", "socket_closed");

    private static readonly KernelProbe Received = new(KernelHookKind.Fexit, "tcp_recvmsg", "message_received");
    private static readonly KernelProbe Sent = new(KernelHookKind.Fexit, "tcp_sendmsg", "message_sent");

    private static readonly KernelProbe[] Kprobes =
    [
        new(KernelHookKind.Kprobe, "tcp_recvmsg", "receive_begins"),
        new(KernelHookKind.Kprobe, "tcp_sendmsg", "send_begins"),
        new(KernelHookKind.Kprobe, "release_sock", "socket_released"),
        new(KernelHookKind.TpBtf, "inet_sock_set_state", "probed_socket_closed"),
    ];

    private readonly Http2Decoder _http2 = new();

    /// <inheritdoc/>
    public string Name => "http-filter";

    /// <inheritdoc/>
    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<HttpFilterTracer>("http_filter.bpf.o");

    /// <inheritdoc/>
    public IReadOnlyList<KernelHook> KernelHooks { get; } =
    [
        new(Connections,
        [
            new("socket-tracepoints",
            [
                new(KernelHookKind.TpBtf, "sock_recv_length", "socket_received"),
                new(KernelHookKind.TpBtf, "sock_send_length", "socket_sent"),
                Closed,
            ]),
            new("functions-before-6.5", [Received, Sent, new(KernelHookKind.Fexit, "tcp_sendpage", "page_sent"), Closed]),
            new("functions", [Received, Sent, Closed]),
            new("kprobes-before-6.5", [.. Kprobes, new(KernelHookKind.Kprobe, "tcp_sendpage", "page_begins")]),
            new("kprobes", Kprobes),
            new("syscalls", [new(KernelHookKind.TpBtf, "sys_exit", "syscall_over")]),
        ]),
    ];

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        if (e.Header.Kind == HttpExchangeEvent.Kind) ExchangeDecoder.Decode(e, spans);
        else if (e.Header.Kind == Http2PieceEvent.Kind) _http2.Decode(e, spans);
        else spans.Drop("unknown-kind");
    }
}

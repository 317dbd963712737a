namespace Beyla.Plugins.HttpFilter;

/// <summary>
/// HTTP/1 server and client spans of any process, by what it sends and receives on its TCP sockets. One event per exchange; requests and responses
/// are matched by the BPF programs.
/// </summary>
public sealed class HttpFilterTracer : ITracer, IKprobeSet
{
    private static readonly ProbeGroup Connections = new("connections");

    private static readonly KernelProbe Closed = new(KernelHookKind.TpBtf, "inet_sock_set_state", "socket_closed");

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
        ]),
    ];

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        if (e.Header.Kind == HttpExchangeEvent.Kind) ExchangeDecoder.Decode(e, spans);
        else spans.Drop("unknown-kind");
    }
}

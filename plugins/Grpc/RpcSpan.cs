namespace Beyla.Plugins.Grpc;

/// <summary>From <see cref="RpcEvent"/> to a span after the semantic conventions for RPC and gRPC.</summary>
internal static class RpcSpan
{
    public static void WriteServer(in BpfEvent e, ISpanWriter spans)
    {
        ref readonly RpcEvent call = ref e.Payload<RpcEvent>();
        Span span = spans.Begin(SpanKind.Server, SpanFamilies.RpcServer, e).SetCall(call, server: true);

        HostAndPort host = HostAndPort.Parse(((ReadOnlySpan<byte>)call.Host)[..call.HostLength]);
        span.SetAddress(Attributes.ServerAddress, Attributes.ServerPort, call.Local)
            .SetAddress(Attributes.ServerAddress, Attributes.ServerPort, host);

        HostAndPort client = HostAndPort.Parse(((ReadOnlySpan<byte>)call.PeerText)[..call.PeerLength]);
        span.SetAddress(Attributes.ClientAddress, null, call.Peer)
            .SetAddress(Attributes.NetworkPeerAddress, Attributes.NetworkPeerPort, call.Peer);
        if (client.Port is not null) // else a Unix socket
            span.SetAddress(Attributes.ClientAddress, null, client).SetAddress(Attributes.NetworkPeerAddress, Attributes.NetworkPeerPort, client);
        span.End();
    }

    public static void WriteClient(in BpfEvent e, ISpanWriter spans)
    {
        ref readonly RpcEvent call = ref e.Payload<RpcEvent>();
        spans.Begin(SpanKind.Client, SpanFamilies.RpcClient, e)
            .SetCall(call, server: false)
            .SetAddress(Attributes.ServerAddress, Attributes.ServerPort, HostAndPort.Parse(((ReadOnlySpan<byte>)call.Host)[..call.HostLength]))
            .SetAddress(Attributes.NetworkPeerAddress, Attributes.NetworkPeerPort, call.Peer)
            .End();
    }

    /// <summary>Name, method and status.</summary>
    private static Span SetCall(this Span span, in RpcEvent call, bool server) =>
        span.SetRpcMethod(((ReadOnlySpan<byte>)call.Method)[..call.MethodLength]).SetRpcStatus(call.Code, server);

    private static Span SetAddress(this Span span, AttributeKey address, AttributeKey? port, in Endpoint end)
    {
        if (end.Length == 0) return span;
        Span<byte> text = stackalloc byte[IpText.MaxLength];
        span.Set(address, text[..IpText.Write(((ReadOnlySpan<byte>)end.Ip)[..end.Length], text)]);
        return port is null ? span : span.Set(port, end.Port);
    }
}

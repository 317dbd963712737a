namespace Beyla.HttpWire;

/// <summary>From a gRPC call to a span after the semantic conventions for RPC and gRPC.</summary>
public static class RpcSpan
{
    /// <summary>Begins the span of a served call and sets all that the exchange tells; the caller ends it.</summary>
    /// <param name="e">The record, see <see cref="HttpServerSpan"/>.</param>
    /// <param name="exchange">The exchange that carries the call.</param>
    /// <param name="status">gRPC's status code; null when it is not known.</param>
    /// <param name="spans">The writer.</param>
    public static Span WriteServer(in BpfEvent e, in HttpExchange exchange, int? status, ISpanWriter spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        Span span = spans.Begin(SpanKind.Server, SpanFamilies.RpcServer, e);
        span.SetTrace(exchange);
        SetCall(span, exchange, status, server: true);
        if (exchange.Host.IsEmpty) exchange.Local.Set(span, Attributes.ServerAddress, Attributes.ServerPort);
        exchange.Peer.Set(span, Attributes.ClientAddress, null);
        exchange.Peer.Set(span, Attributes.NetworkPeerAddress, Attributes.NetworkPeerPort);
        return span;
    }

    /// <inheritdoc cref="WriteServer"/>
    public static Span WriteClient(in BpfEvent e, in HttpExchange exchange, int? status, ISpanWriter spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        Span span = spans.Begin(SpanKind.Client, SpanFamilies.RpcClient, e);
        span.SetTrace(exchange);
        SetCall(span, exchange, status, server: false);
        if (exchange.Host.IsEmpty) exchange.Peer.Set(span, Attributes.ServerAddress, Attributes.ServerPort);
        exchange.Peer.Set(span, Attributes.NetworkPeerAddress, Attributes.NetworkPeerPort);
        return span;
    }

    private static void SetCall(Span span, in HttpExchange exchange, int? status, bool server)
    {
        span.SetRpcMethod(exchange.Target).SetServerAddress(exchange.Host);
        if (status is { } code) span.SetRpcStatus((uint)code, server);
        else if (!exchange.Error.IsEmpty) span.Fail(exchange.Error);
    }
}

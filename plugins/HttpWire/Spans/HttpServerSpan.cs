namespace Beyla.HttpWire;

/// <summary>From an exchange to a span after the semantic conventions for HTTP servers.</summary>
public static class HttpServerSpan
{
    /// <summary>Begins the span and sets all that the exchange tells; the caller may add to it and ends it.</summary>
    /// <param name="e">The record: ids, times, process. Ids that it brings win over <see cref="HttpExchange.Trace"/>.</param>
    /// <param name="exchange">The exchange.</param>
    /// <param name="spans">The writer.</param>
    public static Span Write(in BpfEvent e, in HttpExchange exchange, ISpanWriter spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        Span span = spans.Begin(SpanKind.Server, SpanFamilies.HttpServer, e)
            .SetMethod(exchange.Method)
            .SetPath(RequestTarget.Path(exchange.Method, exchange.Target))
            .Set(Attributes.UrlScheme, exchange.Tls ? "https"u8 : "http"u8);
        span.SetTrace(exchange);
        if (exchange.Host.IsEmpty) exchange.Local.Set(span, Attributes.ServerAddress, Attributes.ServerPort);
        else span.SetServer(exchange.Host, exchange.Tls);
        exchange.Peer.Set(span, Attributes.ClientAddress, null);
        exchange.Peer.Set(span, Attributes.NetworkPeerAddress, Attributes.NetworkPeerPort);
        return span.SetMessages(exchange, errorFrom: 500);
    }
}

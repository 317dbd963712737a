namespace Beyla.HttpWire;

/// <summary>From an exchange to a span after the semantic conventions for HTTP clients.</summary>
public static class HttpClientSpan
{
    private const int AuthorityMax = 256;

    /// <inheritdoc cref="HttpServerSpan.Write"/>
    public static Span Write(in BpfEvent e, in HttpExchange exchange, ISpanWriter spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        Span span = spans.Begin(SpanKind.Client, SpanFamilies.HttpClient, e).SetMethod(exchange.Method);
        span.SetTrace(exchange);
        SetUrl(span, exchange);
        exchange.Peer.Set(span, Attributes.NetworkPeerAddress, Attributes.NetworkPeerPort);
        return span.SetMessages(exchange, errorFrom: 400);
    }

    /// <summary><c>url.full</c> without query and user info, <c>server.address</c> and <c>server.port</c>.</summary>
    private static void SetUrl(Span span, in HttpExchange exchange)
    {
        ReadOnlySpan<byte> authority = RequestTarget.Authority(exchange.Method, exchange.Target);
        if (authority.IsEmpty) authority = exchange.Host;
        Span<byte> full = stackalloc byte[8 + AuthorityMax + 3 * RequestTarget.Max];
        ReadOnlySpan<byte> scheme = exchange.Tls ? "https://"u8 : "http://"u8;
        scheme.CopyTo(full);
        int length = scheme.Length;
        if (!authority.IsEmpty)
        {
            span.SetServer(authority, exchange.Tls);
            if (authority.Length > AuthorityMax) authority = authority[..AuthorityMax];
            authority.CopyTo(full[length..]);
            length += authority.Length;
        }
        else
        {
            exchange.Peer.Set(span, Attributes.ServerAddress, Attributes.ServerPort);
            length += exchange.Peer.WriteAuthority(full[length..]);
        }
        ReadOnlySpan<byte> path = RequestTarget.Path(exchange.Method, exchange.Target);
        if (path.Length > RequestTarget.Max) path = path[..RequestTarget.Max];
        if (path.SequenceEqual("*"u8) && !exchange.Method.SequenceEqual("OPTIONS"u8)) path = "/*"u8; // not known
        if (path.StartsWith("/"u8)) length += PercentEncoding.Encode(path, PercentEncoding.Printable, full[length..]);
        if (length > scheme.Length) span.Set(Attributes.UrlFull, full[..length]);
    }
}

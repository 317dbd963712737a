namespace Beyla.Plugins.NetHttp;

/// <summary>From <see cref="HttpServerEvent"/> to a span after the semantic conventions for HTTP servers.</summary>
internal static class HttpServerSpan
{
    /// <summary>Begins the span and sets all that the event tells; the caller ends it. Null for what is no request.</summary>
    public static Span? Write(in BpfEvent e, in HttpServerEvent request, ISpanWriter spans)
    {
        ReadOnlySpan<byte> line = request.Line;
        ReadOnlySpan<byte> method = line[..request.MethodLength];
        ReadOnlySpan<byte> target = line.Slice(request.MethodLength + 1, request.TargetLength);
        ReadOnlySpan<byte> path = RequestTarget.Path(method, target);
        bool tls = (request.Flags & HttpEventFlags.Tls) != 0;
        if (request.ProtoMajor == 2 && method.SequenceEqual("PRI"u8)) return null; // the preface of an HTTP/2 connection (RFC 9113, section 3.4)

        Span span = spans.Begin(SpanKind.Server, SpanFamilies.HttpServer, e)
            .SetMethod(method)
            .SetPath(path)
            .SetQuery(RequestTarget.Query(target))
            .Set(Attributes.UrlScheme, tls ? "https"u8 : "http"u8)
            .SetServer(((ReadOnlySpan<byte>)request.Host)[..request.HostLength], tls)
            .SetProtocolVersion(request.ProtoMajor, request.ProtoMinor);
        SetPeer(span, ((ReadOnlySpan<byte>)request.Peer)[..request.PeerLength]);
        SetRoute(span, request, path);
        if (request.RequestSize >= 0) span.Set(Attributes.HttpRequestBodySize, request.RequestSize);
        SetOutcome(span, request, method);
        return span;
    }

    private static void SetOutcome(Span span, in HttpServerEvent request, ReadOnlySpan<byte> method)
    {
        if ((request.Flags & HttpEventFlags.Hijacked) != 0)
        {
            // What the handler writes from here on is not seen; a status that it set before counts.
            if (request.Status != 0) span.SetStatus(request.Status, errorFrom: 500);
            return;
        }
        if ((request.Flags & HttpEventFlags.Panicked) != 0)
        {
            if ((request.Flags & HttpEventFlags.WroteHeader) != 0) span.SetStatus(request.Status, errorFrom: 500);
            span.Fail("panic"u8);
            return;
        }
        if ((request.Flags & HttpEventFlags.Aborted) != 0)
        {
            span.Fail("stream_closed"u8); // whatever status the handler chose, nobody got it
            return;
        }
        int status = request.Status == 0 ? 200 : request.Status; // finishRequest is about to write 200 for a silent handler
        span.SetStatus(status, errorFrom: 500)
            .Set(Attributes.HttpResponseBodySize, HttpBody.IsAllowed(method, status) ? request.ResponseSize : 0);
    }

    private static void SetRoute(Span span, in HttpServerEvent request, ReadOnlySpan<byte> path)
    {
        if (request.Route.Length == 0) return;
        Span<byte> buffer = stackalloc byte[128];
        span.SetRoute(HttpRoute.Template(request.Route, path, request.Status, buffer));
    }

    private static void SetPeer(Span span, ReadOnlySpan<byte> peer)
    {
        HostAndPort address = HostAndPort.Parse(peer);
        if (address.Port is not { } port) return; // a Unix socket
        span.Set(Attributes.ClientAddress, address.Host)
            .Set(Attributes.NetworkPeerAddress, address.Host)
            .Set(Attributes.NetworkPeerPort, port);
    }
}

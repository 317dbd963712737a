using System.Buffers.Text;
using System.Text.Unicode;

namespace Beyla.HttpWire;

/// <summary>What server and client spans set alike (semantic conventions for HTTP spans).</summary>
public static class HttpAttributes
{
    /// <summary>Method and span name. Unknown methods become <c>_OTHER</c> and the name <c>HTTP</c>, so that neither grows without bound.</summary>
    public static Span SetMethod(this Span span, ReadOnlySpan<byte> method)
    {
        if (HttpMethod.IsKnown(method)) return span.SetName(method).Set(Attributes.HttpRequestMethod, method);
        span.SetName("HTTP"u8).Set(Attributes.HttpRequestMethod, "_OTHER"u8);
        return method.IsEmpty ? span : span.Set(Attributes.HttpRequestMethodOriginal, method);
    }

    /// <summary>The path of a server; one that is not UTF-8 (or was cut inside a character) is percent-encoded.</summary>
    /// <param name="span">The span.</param>
    /// <param name="path">What is behind <see cref="RequestTarget.Max"/> bytes is left out.</param>
    public static Span SetPath(this Span span, ReadOnlySpan<byte> path)
    {
        if (path.Length > RequestTarget.Max) path = path[..RequestTarget.Max];
        if (Utf8.IsValid(path)) return span.Set(Attributes.UrlPath, path);
        Span<byte> encoded = stackalloc byte[3 * RequestTarget.Max];
        return span.Set(Attributes.UrlPath, encoded[..PercentEncoding.Encode(path, PercentEncoding.Printable, encoded)]);
    }

    /// <summary>The route, also as the second word of the name: <c>GET /items/{id}</c>. Nothing for an empty one. After <see cref="SetMethod"/>.</summary>
    public static Span SetRoute(this Span span, ReadOnlySpan<byte> route)
    {
        if (route.IsEmpty || !Utf8.IsValid(route)) return span;
        span.Set(Attributes.HttpRoute, route);
        return span.SetName(span.Name, route);
    }

    /// <summary>Server address and port from a Host header or a URL; the port is the scheme's when there is none. Nothing for an empty host.</summary>
    public static Span SetServer(this Span span, ReadOnlySpan<byte> host, bool tls)
    {
        HostAndPort server = HostAndPort.Parse(host);
        return server.Host.IsEmpty
            ? span
            : span.Set(Attributes.ServerAddress, server.Host).Set(Attributes.ServerPort, server.Port ?? (tls ? 443 : 80));
    }

    /// <summary>Status code, and the error that it means.</summary>
    /// <param name="errorFrom">500 for servers, 400 for clients.</param>
    public static Span SetStatus(this Span span, int status, int errorFrom)
    {
        span.Set(Attributes.HttpResponseStatusCode, status);
        if (status < errorFrom) return span;
        Span<byte> text = stackalloc byte[5];
        Utf8Formatter.TryFormat(status, text, out int length);
        return span.Fail(text[..length]);
    }

    /// <summary>What both sides set alike of a request and its answer: version, sizes, status, error.</summary>
    internal static Span SetMessages(this Span span, in HttpExchange exchange, int errorFrom)
    {
        if (exchange.Major > 0) span.SetProtocolVersion(exchange.Major, exchange.Minor);
        if (exchange.RequestBodySize >= 0) span.Set(Attributes.HttpRequestBodySize, exchange.RequestBodySize);
        if (exchange.ResponseBodySize >= 0) span.Set(Attributes.HttpResponseBodySize, exchange.ResponseBodySize);
        if (exchange.Status > 0) span.SetStatus(exchange.Status, errorFrom);
        return exchange.Error.IsEmpty ? span : span.Fail(exchange.Error);
    }

    /// <summary>The trace that the request's own headers name, unless the record names one.</summary>
    internal static void SetTrace(this Span span, in HttpExchange exchange)
    {
        if (span.TraceId.IsEmpty && exchange.Trace.TryGetParent(exchange.Propagators, out TraceId trace, out SpanId parent))
            span.SetIds(trace, span.SpanId, parent);
    }

    /// <summary><c>1.0</c>, <c>1.1</c>, or the major version alone from HTTP/2 on.</summary>
    public static Span SetProtocolVersion(this Span span, byte major, byte minor)
    {
        ReadOnlySpan<byte> text = [(byte)('0' + major % 10), (byte)'.', (byte)('0' + minor % 10)];
        return span.Set(Attributes.NetworkProtocolVersion, major >= 2 ? text[..1] : text);
    }
}

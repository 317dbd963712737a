using System.Buffers.Text;
using System.Text.Unicode;

namespace Beyla.Plugins.NetHttp;

/// <summary>What server and client spans set alike (semantic conventions for HTTP spans).</summary>
internal static class HttpAttributes
{
    /// <summary>Method and span name. Unknown methods become <c>_OTHER</c> and the name <c>HTTP</c>, so that neither grows without bound.</summary>
    public static Span SetMethod(this Span span, ReadOnlySpan<byte> method) => IsKnown(method)
        ? span.SetName(method).Set(Attributes.HttpRequestMethod, method)
        : span.SetName("HTTP"u8).Set(Attributes.HttpRequestMethod, "_OTHER"u8).Set(Attributes.HttpRequestMethodOriginal, method);

    /// <summary>The path of a server; one that is not UTF-8 (or was cut inside a character) is percent-encoded.</summary>
    public static Span SetPath(this Span span, ReadOnlySpan<byte> path) => span.SetPrintable(Attributes.UrlPath, path);

    /// <summary>The query of a server, if there is one, in the same form. Whether it leaves the agent is the host's to decide.</summary>
    public static Span SetQuery(this Span span, ReadOnlySpan<byte> query) => query.IsEmpty ? span : span.SetPrintable(Attributes.UrlQuery, query);

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

    /// <summary><c>1.0</c>, <c>1.1</c>, or the major version alone from HTTP/2 on.</summary>
    public static Span SetProtocolVersion(this Span span, byte major, byte minor)
    {
        ReadOnlySpan<byte> text = [(byte)('0' + major % 10), (byte)'.', (byte)('0' + minor % 10)];
        return span.Set(Attributes.NetworkProtocolVersion, major >= 2 ? text[..1] : text);
    }

    private static Span SetPrintable(this Span span, AttributeKey key, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text)) return span.Set(key, text);
        Span<byte> encoded = stackalloc byte[3 * 288];
        return span.Set(key, encoded[..PercentEncoding.Encode(text, PercentEncoding.Printable, encoded)]);
    }

    /// <summary>RFC 9110, PATCH (RFC 5789) and QUERY, as the semantic conventions list them.</summary>
    private static bool IsKnown(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 => method.SequenceEqual("GET"u8) || method.SequenceEqual("PUT"u8),
        4 => method.SequenceEqual("POST"u8) || method.SequenceEqual("HEAD"u8),
        5 => method.SequenceEqual("PATCH"u8) || method.SequenceEqual("TRACE"u8) || method.SequenceEqual("QUERY"u8),
        6 => method.SequenceEqual("DELETE"u8),
        7 => method.SequenceEqual("OPTIONS"u8) || method.SequenceEqual("CONNECT"u8),
        _ => false,
    };
}

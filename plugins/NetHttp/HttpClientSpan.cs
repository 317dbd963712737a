namespace Beyla.Plugins.NetHttp;

/// <summary>From <see cref="HttpClientEvent"/> to a span after the semantic conventions for HTTP clients.</summary>
internal static class HttpClientSpan
{
    /// <summary>Begins the span and sets all that the event tells; the caller ends it.</summary>
    public static Span Write(in BpfEvent e, in HttpClientEvent request, ISpanWriter spans)
    {
        ReadOnlySpan<byte> method = request.MethodLength == 0 ? "GET"u8 : ((ReadOnlySpan<byte>)request.Method)[..request.MethodLength];
        ReadOnlySpan<byte> url = request.Url;
        ReadOnlySpan<byte> scheme = url[..request.SchemeLength];
        ReadOnlySpan<byte> host = url.Slice(request.SchemeLength + HttpClientEvent.SchemeSeparator, request.HostLength);
        ReadOnlySpan<byte> path = url.Slice(request.SchemeLength + HttpClientEvent.SchemeSeparator + request.HostLength, request.PathLength);

        Span span = spans.Begin(SpanKind.Client, SpanFamilies.HttpClient, e).SetMethod(method);
        SetUrl(span, scheme, host, path, (request.Flags & HttpEventFlags.RawPath) != 0);
        span.SetServer(host, tls: scheme.SequenceEqual("https"u8));
        if (request.RequestSize >= 0) span.Set(Attributes.HttpRequestBodySize, request.RequestSize);
        if ((request.Flags & HttpEventFlags.Failed) != 0) span.Fail(HttpError.TypeOf(request.Error));
        else SetAnswer(span, request, method);
        return span;
    }

    private static void SetAnswer(Span span, in HttpClientEvent request, ReadOnlySpan<byte> method)
    {
        span.SetStatus(request.Status, errorFrom: 400).SetProtocolVersion(request.ProtoMajor, request.ProtoMinor);
        if (!HttpBody.IsAllowed(method, request.Status)) span.Set(Attributes.HttpResponseBodySize, 0);
        else if (request.ResponseSize >= 0) span.Set(Attributes.HttpResponseBodySize, request.ResponseSize);
    }

    private static void SetUrl(Span span, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> host, ReadOnlySpan<byte> path, bool rawPath)
    {
        Span<byte> full = stackalloc byte[3 * 408]; // all of HttpClientEvent.Url, every byte encoded
        scheme.CopyTo(full);
        int length = scheme.Length;
        "://"u8.CopyTo(full[length..]);
        length += 3;
        host.CopyTo(full[length..]);
        length += host.Length;
        length += PercentEncoding.Encode(path, rawPath ? PercentEncoding.EncodedPath : PercentEncoding.DecodedPath, full[length..]);
        span.Set(Attributes.UrlFull, full[..length]);
    }
}

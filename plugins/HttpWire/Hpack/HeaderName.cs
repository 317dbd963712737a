namespace Beyla.HttpWire;

/// <summary>The header fields that spans are made of; of all others nothing is kept but their place in the table.</summary>
internal enum HeaderName : byte
{
    /// <summary>Inserted before the connection was seen: it may be any.</summary>
    Unknown,

    /// <summary>None of those below.</summary>
    Other,
    Method,
    Path,
    Scheme,
    Authority,
    Status,
    ContentType,
    ContentLength,
    GrpcStatus,
    Host,
    Traceparent,
    B3,
    B3TraceId,
    B3SpanId,
    Count,
}

/// <summary>Texts of <see cref="HeaderName"/>.</summary>
internal static class HeaderNames
{
    /// <summary>Which one a field name is; HTTP/2 has them in lower case only (RFC 9113, section 8.2.1).</summary>
    public static HeaderName Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("b3"u8) => HeaderName.B3,
        4 when name.SequenceEqual("host"u8) => HeaderName.Host,
        5 when name.SequenceEqual(":path"u8) => HeaderName.Path,
        7 when name.SequenceEqual(":method"u8) => HeaderName.Method,
        7 when name.SequenceEqual(":scheme"u8) => HeaderName.Scheme,
        7 when name.SequenceEqual(":status"u8) => HeaderName.Status,
        10 when name.SequenceEqual(":authority"u8) => HeaderName.Authority,
        11 when name.SequenceEqual("grpc-status"u8) => HeaderName.GrpcStatus,
        11 when name.SequenceEqual("traceparent"u8) => HeaderName.Traceparent,
        11 when name.SequenceEqual("x-b3-spanid"u8) => HeaderName.B3SpanId,
        12 when name.SequenceEqual("content-type"u8) => HeaderName.ContentType,
        12 when name.SequenceEqual("x-b3-traceid"u8) => HeaderName.B3TraceId,
        14 when name.SequenceEqual("content-length"u8) => HeaderName.ContentLength,
        _ => HeaderName.Other,
    };
}

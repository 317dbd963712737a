namespace Beyla.HttpWire;

/// <summary>How the end of a message body is known.</summary>
public enum BodyEnd
{
    /// <summary>The head was cut before it said.</summary>
    Unknown,

    /// <summary>After <see cref="BodyFraming.Length"/> bytes, which may be 0.</summary>
    Length,

    /// <summary>After the last chunk.</summary>
    Chunks,

    /// <summary>With the connection.</summary>
    Close,

    /// <summary>Never: the connection stops speaking HTTP (101, or 2xx to CONNECT).</summary>
    Tunnel,
}

/// <summary>Where a message ends (RFC 9112, section 6.3).</summary>
/// <param name="End">How the end is known.</param>
/// <param name="Length">Bytes of the body, only with <see cref="BodyEnd.Length"/>.</param>
public readonly record struct BodyFraming(BodyEnd End, long Length = 0)
{
    private static readonly BodyFraming s_none = new(BodyEnd.Length);

    /// <summary>The body of a request.</summary>
    public static BodyFraming Of(in RequestHead request)
    {
        if (request.Fields.IsChunked) return new(BodyEnd.Chunks);
        if (request.Fields.ContentLength >= 0) return new(BodyEnd.Length, request.Fields.ContentLength);
        return request.Fields.IsComplete ? s_none : default;
    }

    /// <summary>The body of the final response to a request of the given method.</summary>
    public static BodyFraming Of(in ResponseHead response, ReadOnlySpan<byte> method)
    {
        if (response.Status == 101 || response.Status is >= 200 and < 300 && method.SequenceEqual("CONNECT"u8)) return new(BodyEnd.Tunnel);
        if (!HttpBody.IsAllowed(method, response.Status)) return s_none;
        if (response.Fields.IsChunked) return new(BodyEnd.Chunks);
        if (response.Fields.ContentLength >= 0) return new(BodyEnd.Length, response.Fields.ContentLength);
        return response.Fields.IsComplete ? new(BodyEnd.Close) : default;
    }
}

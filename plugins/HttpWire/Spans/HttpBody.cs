namespace Beyla.HttpWire;

/// <summary>Which responses have a body (RFC 9110, section 6.4.1).</summary>
public static class HttpBody
{
    /// <summary>False for answers to HEAD and for 1xx, 204 and 304: whatever Content-Length or a handler says, no body is sent.</summary>
    public static bool IsAllowed(ReadOnlySpan<byte> method, int status) => status is >= 200 and not 204 and not 304 && !method.SequenceEqual("HEAD"u8);
}

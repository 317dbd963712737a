namespace Beyla.HttpWire;

/// <summary>The four forms of a request target (RFC 9112, section 3.2).</summary>
public static class RequestTarget
{
    /// <summary>Longest target, in bytes, that is put into attributes.</summary>
    public const int Max = 2048;

    /// <summary>
    /// The path without the query: of <c>/path?query</c>, of <c>http://host/path?query</c> (<c>/</c> when it has none), <c>*</c>, or empty for
    /// the <c>host:port</c> of CONNECT.
    /// </summary>
    public static ReadOnlySpan<byte> Path(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target)
    {
        int query = target.IndexOf((byte)'?');
        ReadOnlySpan<byte> path = query < 0 ? target : target[..query];
        if (path.StartsWith("/"u8) || path.SequenceEqual("*"u8)) return path;
        if (method.SequenceEqual("CONNECT"u8)) return default;
        int authority = path.IndexOf("://"u8);
        if (authority < 0) return path;
        path = path[(authority + 3)..];
        int slash = path.IndexOf((byte)'/');
        return slash < 0 ? "/"u8 : path[slash..];
    }

    /// <summary>What follows the first <c>?</c>; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Query(ReadOnlySpan<byte> target) => target.IndexOf((byte)'?') is var query and >= 0 ? target[(query + 1)..] : default;

    /// <summary><c>host[:port]</c> of <c>http://user@host/path</c> and of CONNECT's target; empty for the other forms.</summary>
    public static ReadOnlySpan<byte> Authority(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target)
    {
        if (method.SequenceEqual("CONNECT"u8)) return target;
        if (target.StartsWith("/"u8)) return default;
        int start = target.IndexOf("://"u8);
        if (start < 0) return default;
        ReadOnlySpan<byte> authority = target[(start + 3)..];
        int end = authority.IndexOfAny("/?#"u8);
        if (end >= 0) authority = authority[..end];
        return authority[(authority.LastIndexOf((byte)'@') + 1)..];
    }
}

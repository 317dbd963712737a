namespace Beyla.Host.Spans;

/// <summary>Where in a URL its authority stands: <c>user:password@host:port</c> (RFC 3986, section 3).</summary>
/// <param name="Start">First byte; 0 in a text without <c>scheme://</c>.</param>
/// <param name="End">One past the last byte; there path, query or fragment begins.</param>
internal readonly record struct UrlAuthority(int Start, int End)
{
    /// <summary>Finds it. In a text that begins with a path it is empty.</summary>
    public static UrlAuthority Of(ReadOnlySpan<byte> url)
    {
        int first = url.IndexOfAny("/?#"u8);
        if (first < 0) return new(0, url.Length);
        if (first == 0 || url[first - 1] != ':' || !url[first..].StartsWith("//"u8)) return new(0, first);
        int start = first + 2, length = url[start..].IndexOfAny("/?#"u8);
        return new(start, length < 0 ? url.Length : start + length);
    }
}

namespace Beyla.Host.Spans.Routes;

/// <summary>Makes a route out of a path by looking at it: segments that look like data become a wildcard. Allocates nothing.</summary>
internal static class RouteGuess
{
    /// <summary>What is deeper than this is <c>/**</c>.</summary>
    public const int MaxSegments = 10;

    /// <summary>Enough for every route that this type and <see cref="RouteTrie"/> write, with a wildcard of at most four bytes.</summary>
    public const int MaxLength = MaxSegments * 65 + 8;

    /// <summary>The rest of a path, whatever it is.</summary>
    public static ReadOnlySpan<byte> Rest => "/**"u8;

    /// <summary>Writes the route of a path.</summary>
    /// <param name="path">The raw path of a request.</param>
    /// <param name="wildcard">At most four bytes.</param>
    /// <param name="to">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> path, ReadOnlySpan<byte> wildcard, Span<byte> to)
    {
        int length = 0, segments = 0;
        foreach (ReadOnlySpan<byte> segment in new PathSegments(path))
        {
            if (segments++ == MaxSegments)
            {
                Rest.CopyTo(to[length..]);
                return length + Rest.Length;
            }
            length = Append(WordClassifier.IsName(segment) ? segment : wildcard, to, length);
        }
        if (length > 0) return length;
        to[0] = (byte)'/';
        return 1;
    }

    /// <summary>Adds a slash and a segment.</summary>
    public static int Append(ReadOnlySpan<byte> segment, Span<byte> to, int length)
    {
        to[length++] = (byte)'/';
        segment.CopyTo(to[length..]);
        return length + segment.Length;
    }
}

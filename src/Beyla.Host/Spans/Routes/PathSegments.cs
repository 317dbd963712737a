namespace Beyla.Host.Spans.Routes;

/// <summary>The segments of a path, empty ones left out: <c>/a//b/</c> has two. <c>foreach (ReadOnlySpan&lt;byte&gt; segment in …)</c>.</summary>
internal ref struct PathSegments(ReadOnlySpan<byte> path)
{
    private ReadOnlySpan<byte> _rest = path;

    /// <summary>The segment that the enumeration is at.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>An enumeration of all segments.</summary>
    public readonly PathSegments GetEnumerator() => this;

    /// <summary>Goes on to the next segment; <see langword="false"/> when there is none.</summary>
    public bool MoveNext()
    {
        int start = _rest.IndexOfAnyExcept((byte)'/');
        if (start < 0) return false;
        ReadOnlySpan<byte> from = _rest[start..];
        int slash = from.IndexOf((byte)'/');
        Current = slash < 0 ? from : from[..slash];
        _rest = from[Current.Length..];
        return true;
    }
}

namespace Beyla.HttpWire;

/// <summary>What of the static table (RFC 7541, appendix A) matters here. Indices begin with 1.</summary>
internal static class HpackStaticTable
{
    public const int Count = 61;

    private static ReadOnlySpan<byte> NameLengths =>
    [
        10, 7, 7, 5, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 14, 15, 15, 13, 6, 27, 3, 5, 13, 13, 19, 16, 16, 14, 16, 13, 12,
        6, 4, 4, 6, 7, 4, 4, 8, 17, 13, 8, 19, 13, 4, 8, 12, 18, 19, 5, 7, 7, 11, 6, 10, 25, 17, 10, 4, 3, 16,
    ];

    public static int NameLength(int index) => NameLengths[index - 1];

    public static HeaderName Name(int index) => index switch
    {
        1 => HeaderName.Authority,
        2 or 3 => HeaderName.Method,
        4 or 5 => HeaderName.Path,
        6 or 7 => HeaderName.Scheme,
        >= 8 and <= 14 => HeaderName.Status,
        28 => HeaderName.ContentLength,
        31 => HeaderName.ContentType,
        38 => HeaderName.Host,
        _ => HeaderName.Other,
    };

    /// <summary>Values of the fields that have a <see cref="Name"/> of their own.</summary>
    public static ReadOnlySpan<byte> Value(int index) => index switch
    {
        2 => "GET"u8,
        3 => "POST"u8,
        4 => "/"u8,
        5 => "/index.html"u8,
        6 => "http"u8,
        7 => "https"u8,
        8 => "200"u8,
        9 => "204"u8,
        10 => "206"u8,
        11 => "304"u8,
        12 => "400"u8,
        13 => "404"u8,
        14 => "500"u8,
        _ => default,
    };
}

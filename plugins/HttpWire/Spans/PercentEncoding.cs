using System.Buffers;

namespace Beyla.HttpWire;

/// <summary>Percent-encoding, with the character sets of Go's net/url: a client's URL then reads as it went over the wire.</summary>
public static class PercentEncoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    /// <summary>What <c>URL.EscapedPath</c> leaves alone in <c>URL.Path</c> (net/url, <c>shouldEncode</c>).</summary>
    public static readonly SearchValues<byte> DecodedPath = Bytes(Unreserved + "$&+,/:;=@");

    /// <summary>What may stand in <c>URL.RawPath</c> (net/url, <c>validEncoded</c>).</summary>
    public static readonly SearchValues<byte> EncodedPath = Bytes(Unreserved + "$&+,/:;=@!'()*[]%");

    /// <summary>All printable ASCII.</summary>
    public static readonly SearchValues<byte> Printable = SearchValues.Create([.. Enumerable.Range(0x21, 0x7e - 0x20).Select(c => (byte)c)]);

    /// <summary>Copies a text with every byte that is not in <paramref name="keep"/> as <c>%XX</c>.</summary>
    /// <param name="to">At least three times as long as the text.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Encode(ReadOnlySpan<byte> text, SearchValues<byte> keep, Span<byte> to)
    {
        int length = 0;
        while (true)
        {
            int plain = text.IndexOfAnyExcept(keep);
            if (plain < 0) plain = text.Length;
            text[..plain].CopyTo(to[length..]);
            length += plain;
            if (plain == text.Length) return length;
            ReadOnlySpan<byte> digits = "0123456789ABCDEF"u8;
            to[length++] = (byte)'%';
            to[length++] = digits[text[plain] >> 4];
            to[length++] = digits[text[plain] & 15];
            text = text[(plain + 1)..];
        }
    }

    private static SearchValues<byte> Bytes(string ascii) => SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(ascii));
}

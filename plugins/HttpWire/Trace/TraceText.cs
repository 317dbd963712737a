using System.Runtime.InteropServices;

namespace Beyla.HttpWire;

/// <summary>The texts of W3C Trace Context (level 2, section 3.2) and B3 (github.com/openzipkin/b3-propagation).</summary>
public static class TraceText
{
    private const int TraceparentLength = 55;

    /// <summary><c>00-{32 digits}-{16 digits}-{2 digits}</c>; later versions may go on with another hyphen.</summary>
    public static bool TryParseTraceparent(ReadOnlySpan<byte> text, out TraceId trace, out SpanId parent)
    {
        (trace, parent) = (default, default);
        if (text.Length < TraceparentLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
        Span<byte> version = stackalloc byte[1], flags = stackalloc byte[1];
        if (!TryParseHex(text[..2], version) || !TryParseHex(text.Slice(53, 2), flags) || version[0] == 0xff) return false;
        if (text.Length > TraceparentLength && (version[0] == 0 || text[TraceparentLength] != '-')) return false;
        return TryParseIds(text.Slice(3, 32), text.Slice(36, 16), out trace, out parent);
    }

    /// <summary><c>{32 or 16 digits}-{16 digits}[-{0|1|d}[-{16 digits}]]</c>; a lone sampling state names no trace.</summary>
    public static bool TryParseB3(ReadOnlySpan<byte> text, out TraceId trace, out SpanId parent)
    {
        (trace, parent) = (default, default);
        int hyphen = text.IndexOf((byte)'-');
        if (hyphen < 0 || text.Length < hyphen + 17) return false;
        ReadOnlySpan<byte> rest = text[(hyphen + 17)..];
        if (!rest.IsEmpty && (rest.Length < 2 || rest[0] != '-' || rest[1] is not ((byte)'0' or (byte)'1' or (byte)'d'))) return false;
        if (rest.Length > 2 && (rest.Length != 19 || rest[2] != '-')) return false;
        return TryParseIds(text[..hyphen], text.Slice(hyphen + 1, 16), out trace, out parent);
    }

    /// <summary>32 (or 16: the lower half) and 16 lower-case hex digits; ids that are zero are none.</summary>
    public static bool TryParseIds(ReadOnlySpan<byte> traceText, ReadOnlySpan<byte> parentText, out TraceId trace, out SpanId parent)
    {
        (trace, parent) = (default, default);
        Span<byte> ids = stackalloc byte[24];
        ids.Clear();
        if (traceText.Length is not (16 or 32) || parentText.Length != 16) return false;
        if (!TryParseHex(traceText, ids[(16 - traceText.Length / 2)..16]) || !TryParseHex(parentText, ids[16..])) return false;
        (trace, parent) = (MemoryMarshal.Read<TraceId>(ids), MemoryMarshal.Read<SpanId>(ids[16..]));
        return !trace.IsEmpty && !parent.IsEmpty;
    }

    private static bool TryParseHex(ReadOnlySpan<byte> text, Span<byte> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            int high = Digit(text[2 * i]), low = Digit(text[2 * i + 1]);
            if ((high | low) < 0) return false;
            to[i] = (byte)(high << 4 | low);
        }
        return true;
    }

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };
}

using System.Runtime.InteropServices;

namespace Beyla;

/// <summary>A 16-byte trace id in the byte order of the W3C trace context (two words as they lie in memory).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TraceId(ulong First, ulong Second)
{
    /// <summary>All zero: not a trace id.</summary>
    public bool IsEmpty => (First | Second) == 0;

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> hex = stackalloc byte[32];
        Format(hex);
        return System.Text.Encoding.ASCII.GetString(hex);
    }

    /// <summary>Writes 32 lower-case hex digits of ASCII.</summary>
    public void Format(Span<byte> hex)
    {
        HexDigits.Write(First, hex);
        HexDigits.Write(Second, hex[16..]);
    }
}

/// <summary>An 8-byte span id in the byte order of the W3C trace context (as it lies in memory).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SpanId(ulong Value)
{
    /// <summary>All zero: no span.</summary>
    public bool IsEmpty => Value == 0;

    /// <summary>16 lower-case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> hex = stackalloc byte[16];
        Format(hex);
        return System.Text.Encoding.ASCII.GetString(hex);
    }

    /// <summary>Writes 16 lower-case hex digits of ASCII.</summary>
    public void Format(Span<byte> hex) => HexDigits.Write(Value, hex);
}

internal static class HexDigits
{
    /// <summary>The eight bytes of a little-endian word in memory order.</summary>
    public static void Write(ulong word, Span<byte> hex)
    {
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        for (int i = 0; i < 8; i++, word >>= 8)
        {
            hex[2 * i] = digits[(int)(word >> 4 & 15)];
            hex[2 * i + 1] = digits[(int)(word & 15)];
        }
    }
}

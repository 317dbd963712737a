using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Beyla.HttpWire;

/// <summary>What the field lines of a request or response say about its body and its connection.</summary>
public ref struct MessageFields
{
    private const long Contradictory = -2;
    private long _contentLength;
    private bool _hasContentLength;
    private TraceFields _trace;

    /// <summary>The empty line at the end was seen: what is not here was not sent.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Bytes of the field lines.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of the body as announced; -1 when none was, or two that differ.</summary>
    public readonly long ContentLength => _hasContentLength && _contentLength >= 0 ? _contentLength : -1;

    /// <summary>The body comes in chunks, whatever <see cref="ContentLength"/> says (RFC 9112, section 6.3).</summary>
    public bool IsChunked { get; private set; }

    /// <summary><c>Connection: close</c>.</summary>
    public bool Closes { get; private set; }

    /// <summary><c>Connection: keep-alive</c>, which HTTP/1.0 needs.</summary>
    public bool KeepsAlive { get; private set; }

    /// <summary>The Host field.</summary>
    public ReadOnlySpan<byte> Host { get; private set; }

    /// <summary>The User-Agent field.</summary>
    public ReadOnlySpan<byte> UserAgent { get; private set; }

    /// <summary>The Content-Type field.</summary>
    public ReadOnlySpan<byte> ContentType { get; private set; }

    /// <summary>The trace that the sender belongs to.</summary>
    [UnscopedRef]
    public readonly ref readonly TraceFields Trace => ref _trace;

    /// <summary>Reads all lines.</summary>
    /// <param name="lines">What follows the start line; may go on after the head.</param>
    public static MessageFields Read(ReadOnlySpan<byte> lines)
    {
        MessageFields fields = default;
        FieldLines all = new(lines);
        while (all.MoveNext()) fields.Take(all.Name, all.Value);
        (fields.IsComplete, fields.Length) = (all.IsComplete, all.Length);
        return fields;
    }

    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 4 when Is(name, "host"u8): Host = value; break;
            case 10 when Is(name, "connection"u8): TakeConnection(value); break;
            case 10 when Is(name, "user-agent"u8): UserAgent = value; break;
            case 12 when Is(name, "content-type"u8): ContentType = value; break;
            case 14 when Is(name, "content-length"u8): TakeContentLength(value); break;
            case 17 when Is(name, "transfer-encoding"u8): IsChunked = value.Length >= 7 && Is(value[^7..], "chunked"u8); break;
            default: _trace.Take(name, value); break;
        }
    }

    private void TakeConnection(ReadOnlySpan<byte> value)
    {
        foreach (Range part in value.Split((byte)','))
        {
            ReadOnlySpan<byte> option = value[part].Trim(" \t"u8);
            Closes |= Is(option, "close"u8);
            KeepsAlive |= Is(option, "keep-alive"u8);
        }
    }

    private void TakeContentLength(ReadOnlySpan<byte> value)
    {
        long length = Decimal(value);
        _contentLength = length < 0 || _hasContentLength && length != _contentLength ? Contradictory : length;
        _hasContentLength = true;
    }

    /// <summary>Digits and nothing else; -1 for what is no such number, or has more than 18 digits.</summary>
    internal static long Decimal(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 18) return -1;
        long number = 0;
        foreach (byte c in text)
        {
            if (c is < (byte)'0' or > (byte)'9') return -1;
            number = number * 10 + (c - '0');
        }
        return number;
    }

    /// <param name="text">A name or word in any letter case.</param>
    /// <param name="lower">The same in lower case.</param>
    internal static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(text, lower);
}

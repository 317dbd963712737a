namespace Beyla.HttpWire;

/// <summary>
/// The field lines of an HTTP/1 head (RFC 9112, section 5), as views into it. Only whole lines: one that was cut says nothing. Lines that are no
/// field, or go on from the line before (obs-fold), are passed over.
/// </summary>
/// <param name="lines">What follows the start line.</param>
public ref struct FieldLines(ReadOnlySpan<byte> lines)
{
    private ReadOnlySpan<byte> _rest = lines;

    /// <summary>Name of the field that <see cref="MoveNext"/> went to, in the letter case it was sent in.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Its value without blanks around it.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The empty line that ends the head was reached: what was not found so far is not there.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Bytes of all lines so far, the empty one included.</summary>
    public int Length { get; private set; }

    /// <summary>Goes on to the next field; <see langword="false"/> at the end of the head, or where it was cut.</summary>
    public bool MoveNext()
    {
        while (!IsComplete && LineLength(_rest) is > 0 and int length)
        {
            ReadOnlySpan<byte> line = WithoutEnd(_rest[..length]);
            _rest = _rest[length..];
            Length += length;
            IsComplete = line.IsEmpty;
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t') continue;
            Name = line[..colon];
            Value = line[(colon + 1)..].Trim(" \t"u8);
            return true;
        }
        return false;
    }

    /// <summary>Length of the first line with its end, which is CR LF or, as many accept, LF alone (RFC 9112, section 2.2); 0 when it was cut.</summary>
    internal static int LineLength(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\n') + 1;

    /// <summary>A line without its end.</summary>
    internal static ReadOnlySpan<byte> WithoutEnd(ReadOnlySpan<byte> line)
    {
        line = line[..^1];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }
}

using System.Diagnostics.CodeAnalysis;

namespace Beyla.HttpWire;

/// <summary>
/// The head of an HTTP/1 response (RFC 9112), as views into the bytes it was read from, which may be cut anywhere after the status. Never throws.
/// </summary>
public ref struct ResponseHead
{
    /// <summary><c>HTTP/1.1 200</c></summary>
    private const int StatusEnd = 12;

    private MessageFields _fields;

    /// <summary>100 to 999.</summary>
    public int Status { get; private set; }

    /// <summary>Second number of the version; the first is 1.</summary>
    public byte Minor { get; private set; }

    /// <summary>The field lines.</summary>
    [UnscopedRef]
    public readonly ref readonly MessageFields Fields => ref _fields;

    /// <summary>Bytes of the head with its empty line; 0 when it was cut.</summary>
    public int Length { get; private set; }

    /// <summary>An answer before the answer: 1xx, but not the 101 that ends HTTP on the connection (RFC 9110, section 15.2).</summary>
    public readonly bool IsInterim => Status is < 200 and not 101;

    /// <summary>Reads one head.</summary>
    /// <param name="bytes">From the first byte of the response on; may go on after the head.</param>
    /// <param name="head">What was found.</param>
    /// <returns><see langword="false"/> when this is no HTTP/1 response, or ends before its status does.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ResponseHead head)
    {
        head = default;
        if (bytes.Length < StatusEnd || !bytes.StartsWith("HTTP/1."u8) || !char.IsAsciiDigit((char)bytes[7]) || bytes[8] != ' ') return false;
        long status = MessageFields.Decimal(bytes[9..StatusEnd]);
        if (status < 100 || bytes.Length > StatusEnd && bytes[StatusEnd] is not ((byte)' ' or (byte)'\r' or (byte)'\n')) return false;
        (head.Status, head.Minor) = ((int)status, (byte)(bytes[7] - '0'));

        int line = FieldLines.LineLength(bytes);
        if (line == 0) return true;
        head._fields = MessageFields.Read(bytes[line..]);
        if (head._fields.IsComplete) head.Length = line + head._fields.Length;
        return true;
    }

    /// <summary>Reads the final head: interim ones (100, 102, 103) in front of it are passed over.</summary>
    /// <param name="bytes">From the first byte of the response on.</param>
    /// <param name="head">The final head; an interim one when the bytes end there.</param>
    /// <param name="offset">Where it begins.</param>
    /// <returns>As <see cref="TryParse"/>.</returns>
    public static bool TryParseFinal(ReadOnlySpan<byte> bytes, out ResponseHead head, out int offset)
    {
        offset = 0;
        if (!TryParse(bytes, out head)) return false;
        while (head.IsInterim && head.Length > 0 && TryParse(bytes[(offset + head.Length)..], out ResponseHead next))
        {
            offset += head.Length;
            head = next;
        }
        return true;
    }
}

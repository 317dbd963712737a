using System.Buffers.Text;

namespace Beyla.HttpWire;

/// <summary>One end of a TCP connection.</summary>
/// <param name="ip">4 or 16 bytes in network byte order, IPv4 also mapped into IPv6; empty when it is not known.</param>
/// <param name="port">Port.</param>
public readonly ref struct Endpoint(ReadOnlySpan<byte> ip, int port)
{
    /// <summary>4 or 16 bytes in network byte order; empty when it is not known.</summary>
    public ReadOnlySpan<byte> Ip { get; } = ip;

    /// <summary>Port; 0 when it is not known.</summary>
    public int Port { get; } = port;

    /// <summary>Sets the address as text and, if asked for, the port; nothing when the end is not known.</summary>
    public Span Set(Span span, AttributeKey address, AttributeKey? portKey)
    {
        if (Ip.Length is not (4 or 16)) return span;
        Span<byte> text = stackalloc byte[IpText.MaxLength];
        span.Set(address, text[..IpText.Write(Ip, text)]);
        return portKey is null || Port == 0 ? span : span.Set(portKey, Port);
    }

    /// <summary>Writes <c>192.0.2.1:80</c> or <c>[::1]:80</c>; nothing when the end is not known.</summary>
    /// <param name="to">At least <see cref="IpText.MaxLength"/> bytes and 8 more.</param>
    /// <returns>The number of bytes written.</returns>
    internal int WriteAuthority(Span<byte> to)
    {
        if (Ip.Length is not (4 or 16)) return 0;
        int length = IpText.Write(Ip, to[1..]);
        if (to.Slice(1, length).Contains((byte)':'))
        {
            (to[0], to[length + 1]) = ((byte)'[', (byte)']');
            length += 2;
        }
        else to.Slice(1, length).CopyTo(to);
        to[length++] = (byte)':';
        Utf8Formatter.TryFormat(Port, to[length..], out int digits);
        return length + digits;
    }
}

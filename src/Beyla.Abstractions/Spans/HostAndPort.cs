using System.Buffers.Text;

namespace Beyla;

/// <summary><c>host</c>, <c>host:port</c>, <c>[::1]</c> or <c>[::1]:port</c> in two parts, as views into the text.</summary>
public readonly ref struct HostAndPort
{
    private HostAndPort(ReadOnlySpan<byte> host, int? port)
    {
        Host = host;
        Port = port;
    }

    /// <summary>Without the brackets of an IPv6 address.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Null when there is none.</summary>
    public int? Port { get; }

    /// <summary>Takes a text apart; what follows the host and is no port number is left out.</summary>
    public static HostAndPort Parse(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("["u8) && text.IndexOf((byte)']') is > 0 and int end) return new(text[1..end], PortOf(text[(end + 1)..]));
        int colon = text.LastIndexOf((byte)':');
        bool bareIpv6 = colon >= 0 && text.IndexOf((byte)':') != colon;
        return colon < 0 || bareIpv6 ? new(text, null) : new(text[..colon], PortOf(text[colon..]));
    }

    /// <summary>The port in <c>:8080</c>.</summary>
    private static int? PortOf(ReadOnlySpan<byte> text) =>
        text.StartsWith(":"u8) && Utf8Parser.TryParse(text[1..], out ushort port, out int used) && used == text.Length - 1 ? port : null;
}

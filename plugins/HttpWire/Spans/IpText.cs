using System.Buffers.Text;

namespace Beyla.HttpWire;

/// <summary>
/// IP addresses as text, without allocating (<see cref="System.Net.IPAddress"/> is an object): dotted decimal, and RFC 5952 for IPv6.
/// </summary>
public static class IpText
{
    /// <summary>Longest text: eight groups of four digits.</summary>
    public const int MaxLength = 39;

    private static ReadOnlySpan<byte> MappedIpv4 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>Writes 4 or 16 bytes in network byte order as text; IPv4 mapped into IPv6 as IPv4.</summary>
    /// <returns>The number of bytes written to <paramref name="to"/>.</returns>
    public static int Write(ReadOnlySpan<byte> ip, Span<byte> to)
    {
        if (ip.StartsWith(MappedIpv4)) ip = ip[MappedIpv4.Length..];
        return ip.Length == 4 ? WriteIpv4(ip, to) : WriteIpv6(ip, to);
    }

    private static int WriteIpv4(ReadOnlySpan<byte> ip, Span<byte> to)
    {
        int length = 0;
        for (int i = 0; i < ip.Length; i++)
        {
            if (i > 0) to[length++] = (byte)'.';
            Utf8Formatter.TryFormat(ip[i], to[length..], out int written);
            length += written;
        }
        return length;
    }

    private static int WriteIpv6(ReadOnlySpan<byte> ip, Span<byte> to)
    {
        (int zeros, int zerosEnd) = LongestZeros(ip);
        int length = 0;
        for (int group = 0; group < 8; group++)
        {
            if (group == zeros)
            {
                "::"u8.CopyTo(to[length..]);
                length += 2;
                group = zerosEnd - 1;
                continue;
            }
            if (group > 0 && group != zerosEnd) to[length++] = (byte)':';
            int value = Group(ip, group);
            for (int shift = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0; shift >= 0; shift -= 4)
                to[length++] = "0123456789abcdef"u8[value >> shift & 15];
        }
        return length;
    }

    /// <summary>The first of the longest runs of two or more zero groups; (-1, -1) when there is none.</summary>
    private static (int Start, int End) LongestZeros(ReadOnlySpan<byte> ip)
    {
        (int start, int end) = (-1, -1);
        for (int i = 0; i < 8; i++)
        {
            int j = i;
            while (j < 8 && Group(ip, j) == 0) j++;
            if (j - i > Math.Max(1, end - start)) (start, end) = (i, j);
            i = Math.Max(i, j - 1);
        }
        return (start, end);
    }

    private static int Group(ReadOnlySpan<byte> ip, int index) => ip[2 * index] << 8 | ip[2 * index + 1];
}

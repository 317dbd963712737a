using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Plugins.Grpc;

/// <summary>One end of a TCP connection (<c>struct endpoint</c> in <c>grpc.bpf.c</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Endpoint
{
    /// <summary>Network byte order; IPv4 as four bytes, or mapped into IPv6 as Go's <c>net.IP</c> has it.</summary>
    public IpBytes Ip;

    public ushort Port;

    /// <summary>Bytes in <see cref="Ip"/>: 4, 16, or 0 when it is not known.</summary>
    public byte Length;

    public byte Unused;

    [InlineArray(16)]
    public struct IpBytes { private byte _first; }
}

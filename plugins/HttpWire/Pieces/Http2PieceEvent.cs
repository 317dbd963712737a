using System.Runtime.InteropServices;

namespace Beyla.HttpWire;

/// <summary>
/// Bytes of an HTTP/2 connection in one direction (<c>struct http2_piece</c> in <c>bpf/http_wire/http2.h</c>); the captured ones follow in the record.
/// </summary>
[BpfStruct("http2_piece")]
[StructLayout(LayoutKind.Sequential)]
internal struct Http2PieceEvent
{
    public const ushort Kind = 2;

    public EventHeader Header;
    public ConnectionInfo Connection;

    /// <summary>Of the connection; never used again.</summary>
    public ulong Id;

    /// <summary>Where in its direction the piece begins; when the connection was closed: bytes received in all.</summary>
    public ulong Offset;

    /// <summary>Bytes that went over, those that are left out behind the captured ones included; when the connection was closed: bytes sent in all.</summary>
    public ulong Length;

    /// <summary>Bytes behind this struct.</summary>
    public uint Captured;

    public Http2PieceFlags Flags;
}

/// <summary>What is special about a piece (<c>HTTP2_*</c> in <c>http2.h</c>, and some of <see cref="ExchangeFlags"/>).</summary>
[Flags]
internal enum Http2PieceFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>As <see cref="ExchangeFlags.Tls"/>.</summary>
    Tls = 1,

    /// <summary>The process sent the bytes; else it received them.</summary>
    Sent = 2,

    /// <summary>No bytes: the connection was closed.</summary>
    Closed = 4,

    /// <summary>As <see cref="ExchangeFlags.ReadsW3C"/>.</summary>
    ReadsW3C = 4 * 256,

    /// <summary>As <see cref="ExchangeFlags.ReadsB3"/>.</summary>
    ReadsB3 = 8 * 256,
}

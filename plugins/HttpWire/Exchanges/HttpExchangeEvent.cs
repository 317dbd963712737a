using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.HttpWire;

/// <summary>
/// One HTTP/1 exchange, as the BPF side tells it (<c>struct http_exchange</c> in <c>bpf/http_wire/record.h</c>); the head of the request follows in
/// the record. Each plugin that includes that file compiles this one, so that its own object is compared with it.
/// </summary>
[BpfStruct("http_exchange")]
[StructLayout(LayoutKind.Sequential)]
internal struct HttpExchangeEvent
{
    public const ushort Kind = 1;

    public EventHeader Header;
    public ConnectionInfo Connection;

    /// <summary>Body bytes, -1 when not known.</summary>
    public long RequestSize;

    /// <summary>Body bytes, -1 when not known.</summary>
    public long ResponseSize;

    /// <summary>0: no response.</summary>
    public ushort Status;

    /// <summary>Bytes of the request's head behind this struct.</summary>
    public ushort RequestLength;

    public ExchangeFlags Flags;
}

/// <summary>A TCP connection (<c>struct connection</c>); all zero when it is not known.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConnectionInfo
{
    /// <summary>The kernel's id of the socket.</summary>
    public ulong Cookie;

    public Ip Local;
    public Ip Remote;
    public ushort LocalPort;
    public ushort RemotePort;

    /// <summary>AF_INET or AF_INET6; 0: not known.</summary>
    public ushort Family;

    public ConnectionRole Role;
    private readonly byte _unused;

    /// <summary>The process' own end; not every front knows it.</summary>
    [UnscopedRef]
    public readonly Endpoint LocalEndpoint => LocalPort == 0 ? default : new(Address(Local), LocalPort);

    /// <summary>The other end.</summary>
    [UnscopedRef]
    public readonly Endpoint RemoteEndpoint => new(Address(Remote), RemotePort);

    [UnscopedRef]
    private readonly ReadOnlySpan<byte> Address(in Ip ip) => ((ReadOnlySpan<byte>)ip)[..Length];

    private readonly int Length => Family switch { 2 => 4, 10 => 16, _ => 0 };

    /// <summary>Network byte order; IPv4 in the first four bytes.</summary>
    [InlineArray(16)]
    public struct Ip { private byte _first; }
}

/// <summary>Who asks on a connection (<c>ROLE_*</c> in <c>connection.h</c>).</summary>
internal enum ConnectionRole : byte
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>The other side asks.</summary>
    Server = 1,

    /// <summary>The process asks.</summary>
    Client = 2,
}

/// <summary>What is special about an exchange (<c>EXCHANGE_*</c> in <c>record.h</c>).</summary>
[Flags]
internal enum ExchangeFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Seen inside of a TLS library.</summary>
    Tls = 1,

    /// <summary>The request's head is longer than what is told of it.</summary>
    Cut = 2,

    /// <summary>The connection was closed before a response.</summary>
    Unanswered = 4,

    /// <summary>The connection was closed before the end of the response.</summary>
    Aborted = 8,

    /// <summary>The end is the time of the last bytes that were seen before the next request.</summary>
    EndUnseen = 16,

    /// <summary>Another protocol follows on the connection.</summary>
    Upgraded = 32,

    /// <summary>The span is the parent of what its thread asks of others.</summary>
    Published = 64,

    /// <summary><c>traceparent</c> continues a trace.</summary>
    ReadsW3C = 4 * 256,

    /// <summary><c>b3</c> and <c>X-B3-*</c> continue a trace.</summary>
    ReadsB3 = 8 * 256,
}

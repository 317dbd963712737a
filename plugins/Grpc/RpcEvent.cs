using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Plugins.Grpc;

/// <summary>One RPC, served or called, as the BPF side tells it (<c>struct rpc_call</c> in <c>grpc.bpf.c</c>).</summary>
[BpfStruct("rpc_call")]
[StructLayout(LayoutKind.Sequential)]
internal struct RpcEvent
{
    public const ushort ServerKind = 1;
    public const ushort ClientKind = 2;

    public EventHeader Header;

    /// <summary>The code of the RPC's status.</summary>
    public uint Code;

    public ushort MethodLength;
    public byte HostLength;
    public byte PeerLength;

    /// <summary>The other end of the connection.</summary>
    public Endpoint Peer;

    /// <summary>A server's own end.</summary>
    public Endpoint Local;

    /// <summary><c>/package.Service/Method</c></summary>
    public MethodBytes Method;

    /// <summary>A client's authority; the Host header of a server behind net/http.</summary>
    public HostBytes Host;

    /// <summary><c>ip:port</c> of the client of a server behind net/http.</summary>
    public PeerTextBytes PeerText;

    [InlineArray(256)]
    public struct MethodBytes { private byte _first; }

    [InlineArray(128)]
    public struct HostBytes { private byte _first; }

    [InlineArray(64)]
    public struct PeerTextBytes { private byte _first; }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Plugins.NetHttp;

/// <summary>One served request, as the BPF side tells it (<c>struct http_server_request</c> in <c>net_http.bpf.c</c>).</summary>
[BpfStruct("http_server_request")]
[StructLayout(LayoutKind.Sequential)]
internal struct HttpServerEvent
{
    public const ushort Kind = 1;

    public EventHeader Header;

    /// <summary>Content-Length of the request in bytes, -1 when unknown.</summary>
    public long RequestSize;

    /// <summary>Body bytes that the handler wrote.</summary>
    public long ResponseSize;

    /// <summary>0 when the handler set none.</summary>
    public ushort Status;

    public ushort TargetLength;
    public byte MethodLength;
    public byte HostLength;
    public byte PeerLength;
    public HttpEventFlags Flags;
    public byte ProtoMajor;
    public byte ProtoMinor;
    public HttpRoute Route;

    /// <summary>Method, one byte, request target.</summary>
    public LineText Line;

    /// <summary>The Host header, or the authority of an absolute request target.</summary>
    public HostText Host;

    /// <summary><c>ip:port</c> of the other end of the connection.</summary>
    public PeerText Peer;

    [InlineArray(288)]
    public struct LineText { private byte _first; }

    [InlineArray(128)]
    public struct HostText { private byte _first; }

    [InlineArray(64)]
    public struct PeerText { private byte _first; }
}

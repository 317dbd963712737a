using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Plugins.NetHttp;

/// <summary>One round trip of a client, as the BPF side tells it (<c>struct http_client_request</c> in <c>net_http.bpf.c</c>).</summary>
[BpfStruct("http_client_request")]
[StructLayout(LayoutKind.Sequential)]
internal struct HttpClientEvent
{
    public const ushort Kind = 2;

    /// <summary>Bytes between scheme and host in <see cref="Url"/>.</summary>
    public const int SchemeSeparator = 3;

    public EventHeader Header;

    /// <summary>Bytes to send, -1 when unknown.</summary>
    public long RequestSize;

    /// <summary>Content-Length of the answer in bytes, -1 when unknown.</summary>
    public long ResponseSize;

    public ushort Status;
    public ushort PathLength;

    /// <summary>0 means GET, as in net/http.</summary>
    public byte MethodLength;

    public byte SchemeLength;
    public byte HostLength;
    public HttpEventFlags Flags;
    public byte ProtoMajor;
    public byte ProtoMinor;

    /// <summary>Only with <see cref="HttpEventFlags.Failed"/>.</summary>
    public HttpError Error;
    public MethodText Method;

    /// <summary>Scheme, <see cref="SchemeSeparator"/> bytes, host with port, path; no user info and no query.</summary>
    public UrlText Url;

    [InlineArray(32)]
    public struct MethodText { private byte _first; }

    [InlineArray(408)]
    public struct UrlText { private byte _first; }
}

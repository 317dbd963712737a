using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Plugins.NetHttp;

/// <summary>Values of headers in the order of the names that the user gave (<c>struct header_values</c> in <c>bpf/net_http/captured_headers.h</c>).</summary>
[BpfStruct("header_values")]
[StructLayout(LayoutKind.Sequential)]
internal struct HeaderValues
{
    /// <summary><c>CAPTURED_MAX</c></summary>
    public const int Count = 8;

    /// <summary><c>CAPTURED_VALUE_MAX</c></summary>
    public const int ValueMax = 128;

    /// <summary>0: not there, or empty.</summary>
    public Lengths Length;

    public Texts Text;

    [InlineArray(Count)]
    public struct Lengths { private byte _first; }

    [InlineArray(Count * ValueMax)]
    public struct Texts { private byte _first; }

    /// <summary>Value <paramref name="index"/>, empty when there is none.</summary>
    public static ReadOnlySpan<byte> At(in HeaderValues values, int index) =>
        ((ReadOnlySpan<byte>)values.Text).Slice(index * ValueMax, Math.Min((int)values.Length[index], ValueMax));
}

/// <summary>What was captured of a request and its answer (<c>struct captured_headers</c>).</summary>
[BpfStruct("captured_headers")]
[StructLayout(LayoutKind.Sequential)]
internal struct CapturedHeaders
{
    public HeaderValues Request;
    public HeaderValues Response;
}

/// <summary>A served request with headers (<c>struct http_server_captured</c> in <c>net_http.bpf.c</c>).</summary>
[BpfStruct("http_server_captured")]
[StructLayout(LayoutKind.Sequential)]
internal struct HttpServerCapturedEvent
{
    public const ushort Kind = 3;

    public HttpServerEvent Request;
    public CapturedHeaders Headers;
}

/// <summary>A round trip with headers (<c>struct http_client_captured</c> in <c>net_http.bpf.c</c>).</summary>
[BpfStruct("http_client_captured")]
[StructLayout(LayoutKind.Sequential)]
internal struct HttpClientCapturedEvent
{
    public const ushort Kind = 4;

    public HttpClientEvent Request;
    public CapturedHeaders Headers;
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Plugins.NetHttp;

/// <summary>What kind of error a round trip ended with (<c>enum http_error_kind</c> in <c>bpf/net_http/client_error.h</c>).</summary>
internal enum HttpErrorKind : byte
{
    Other,
    Timeout,
    Name,
    Errno,
    Text,
}

/// <summary>Why a round trip got no answer (<c>struct http_error</c> in <c>bpf/net_http/client_error.h</c>).</summary>
[BpfStruct("http_error")]
[StructLayout(LayoutKind.Sequential)]
internal struct HttpError
{
    public HttpErrorKind Kind;
    public byte Length;

    /// <summary>errno.</summary>
    public ushort Number;

    /// <summary>Beginning of what an error of <c>errors.New</c> says.</summary>
    public ErrorText Text;

    [InlineArray(32)]
    public struct ErrorText { private byte _first; }

    /// <summary>The value of <c>error.type</c>: a word of a short list, <c>_OTHER</c> for the rest.</summary>
    public static ReadOnlySpan<byte> TypeOf(in HttpError error) => error.Kind switch
    {
        HttpErrorKind.Timeout => "timeout"u8,
        HttpErrorKind.Name => "name_resolution"u8,
        HttpErrorKind.Errno => OfSystem(error.Number),
        HttpErrorKind.Text => OfText(((ReadOnlySpan<byte>)error.Text)[..Math.Min((int)error.Length, 32)]),
        _ => "_OTHER"u8,
    };

    /// <summary>include/uapi/asm-generic/errno.h</summary>
    private static ReadOnlySpan<byte> OfSystem(int number) => number switch
    {
        32 or 104 => "connection_reset"u8,        // EPIPE, ECONNRESET
        101 or 113 => "host_unreachable"u8,       // ENETUNREACH, EHOSTUNREACH
        110 => "timeout"u8,                       // ETIMEDOUT
        111 => "connection_refused"u8,            // ECONNREFUSED
        _ => "_OTHER"u8,
    };

    /// <summary>Texts of context, io and net/http (transport.go) that have not changed since Go 1.17.</summary>
    private static ReadOnlySpan<byte> OfText(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("context canceled"u8) || text.StartsWith("net/http: request canceled"u8)) return "cancelled"u8;
        if (text.SequenceEqual("EOF"u8) || text.SequenceEqual("unexpected EOF"u8) || text.StartsWith("http: server closed idle"u8))
            return "connection_closed"u8;
        return "_OTHER"u8;
    }
}

using System.Runtime.InteropServices;
using System.Text;
using Beyla;
using Beyla.Plugins.NetHttp;

namespace NetHttp.Tests;

/// <summary>A record of a served request as the BPF side would write it; the defaults are a plain <c>GET /</c>.</summary>
internal sealed record ServerRecord
{
    public string Method { get; init; } = "GET";
    public string Target { get; init; } = "/";
    public byte[]? RawTarget { get; init; }
    public string Host { get; init; } = "example.org:8080";
    public string Peer { get; init; } = "192.0.2.7:50123";
    public ushort Status { get; init; } = 200;
    public long RequestSize { get; init; }
    public long ResponseSize { get; init; } = 5;
    public HttpEventFlags Flags { get; init; } = HttpEventFlags.WroteHeader;
    public (byte Major, byte Minor) Protocol { get; init; } = (1, 1);
    public string Route { get; init; } = "";
    public Router Router { get; init; }

    public byte[] ToBytes()
    {
        HttpServerEvent e = ToEvent();
        return MemoryMarshal.AsBytes(new ReadOnlySpan<HttpServerEvent>(in e)).ToArray();
    }

    public HttpServerEvent ToEvent()
    {
        byte[] method = Encoding.UTF8.GetBytes(Method);
        byte[] target = RawTarget ?? Encoding.UTF8.GetBytes(Target);
        HttpServerEvent e = new()
        {
            Header = Headers.Make(HttpServerEvent.Kind),
            RequestSize = RequestSize,
            ResponseSize = ResponseSize,
            Status = Status,
            TargetLength = (ushort)target.Length,
            MethodLength = (byte)method.Length,
            HostLength = (byte)Host.Length,
            PeerLength = (byte)Peer.Length,
            Flags = Flags,
            ProtoMajor = Protocol.Major,
            ProtoMinor = Protocol.Minor,
        };
        ((Span<byte>)e.Line).Fill((byte)'#'); // the ring's memory is not zeroed
        method.CopyTo((Span<byte>)e.Line);
        target.CopyTo(((Span<byte>)e.Line)[(method.Length + 1)..]);
        Encoding.UTF8.GetBytes(Host, e.Host);
        Encoding.UTF8.GetBytes(Peer, e.Peer);
        e.Route.Length = (byte)Encoding.UTF8.GetBytes(Route, e.Route.Text);
        e.Route.Router = Router;
        return e;
    }
}

/// <summary>A record of a client's round trip; the defaults are a plain GET.</summary>
internal sealed record ClientRecord
{
    public string Method { get; init; } = "GET";
    public string Scheme { get; init; } = "http";
    public string Host { get; init; } = "example.org:8080";
    public string Path { get; init; } = "/";
    public ushort Status { get; init; } = 200;
    public long RequestSize { get; init; }
    public long ResponseSize { get; init; } = 5;
    public HttpEventFlags Flags { get; init; }
    public HttpErrorKind Error { get; init; }
    public int ErrorNumber { get; init; }
    public string ErrorText { get; init; } = "";
    public (byte Major, byte Minor) Protocol { get; init; } = (1, 1);

    public byte[] ToBytes()
    {
        HttpClientEvent e = new()
        {
            Header = Headers.Make(HttpClientEvent.Kind),
            RequestSize = RequestSize,
            ResponseSize = ResponseSize,
            Status = Status,
            PathLength = (ushort)Encoding.UTF8.GetByteCount(Path),
            MethodLength = (byte)Method.Length,
            SchemeLength = (byte)Scheme.Length,
            HostLength = (byte)Host.Length,
            Flags = Flags,
            ProtoMajor = Protocol.Major,
            ProtoMinor = Protocol.Minor,
        };
        (e.Error.Kind, e.Error.Number) = (Error, (ushort)ErrorNumber);
        e.Error.Length = (byte)Encoding.UTF8.GetBytes(ErrorText, e.Error.Text);
        ((Span<byte>)e.Url).Fill((byte)'#');
        Encoding.UTF8.GetBytes(Method, e.Method);
        Encoding.UTF8.GetBytes($"{Scheme}###{Host}{Path}", e.Url);
        return MemoryMarshal.AsBytes(new ReadOnlySpan<HttpClientEvent>(in e)).ToArray();
    }
}

internal static class Headers
{
    public static EventHeader Make(ushort kind) => new() { Kind = kind, Process = 7, Execution = 42, Start = 1_000, End = 3_000 };
}

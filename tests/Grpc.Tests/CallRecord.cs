using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Beyla;
using Beyla.Plugins.Grpc;

namespace Grpc.Tests;

/// <summary>A record of an RPC as the BPF side would write it.</summary>
internal sealed record CallRecord(ushort Kind)
{
    public static CallRecord Server => new(RpcEvent.ServerKind)
    {
        Peer = IPEndPoint.Parse("192.0.2.7:50123"),
        Local = IPEndPoint.Parse("[2001:db8::1]:443"),
    };

    public static CallRecord Client => new(RpcEvent.ClientKind)
    {
        Host = "example.org:443",
        Peer = IPEndPoint.Parse("192.0.2.9:443"),
    };

    public string Method { get; init; } = "/pkg.Service/Do";
    public uint Code { get; init; }
    public string Host { get; init; } = "";
    public string PeerText { get; init; } = "";
    public IPEndPoint? Peer { get; init; }
    public IPEndPoint? Local { get; init; }

    public byte[] ToBytes()
    {
        RpcEvent e = new()
        {
            Header = new EventHeader { Kind = Kind, Process = 7, Execution = 42, Start = 1_000, End = 3_000 },
            Code = Code,
            MethodLength = (ushort)Method.Length,
            HostLength = (byte)Host.Length,
            PeerLength = (byte)PeerText.Length,
            Peer = EndpointOf(Peer),
            Local = EndpointOf(Local),
        };
        ((Span<byte>)e.Method).Fill((byte)'#'); // the ring's memory is not zeroed
        ((Span<byte>)e.Host).Fill((byte)'#');
        ((Span<byte>)e.PeerText).Fill((byte)'#');
        Encoding.UTF8.GetBytes(Method, e.Method);
        Encoding.UTF8.GetBytes(Host, e.Host);
        Encoding.UTF8.GetBytes(PeerText, e.PeerText);
        return MemoryMarshal.AsBytes(new ReadOnlySpan<RpcEvent>(in e)).ToArray();
    }

    private static Endpoint EndpointOf(IPEndPoint? end)
    {
        Endpoint endpoint = default;
        if (end is null) return endpoint;
        byte[] bytes = end.Address.GetAddressBytes();
        bytes.CopyTo((Span<byte>)endpoint.Ip);
        (endpoint.Length, endpoint.Port) = ((byte)bytes.Length, (ushort)end.Port);
        return endpoint;
    }
}

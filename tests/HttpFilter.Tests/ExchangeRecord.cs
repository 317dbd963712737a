using System.Runtime.InteropServices;
using System.Text;

namespace HttpFilter.Tests;

/// <summary>A record of an exchange as the BPF side would write it; the defaults are a plain <c>GET /</c> that a server answered with 200.</summary>
internal sealed record ExchangeRecord
{
    public string Head { get; init; } = "GET / HTTP/1.1\r\nHost: example.org:8080\r\n\r\n";
    public byte[]? RawHead { get; init; }
    public ConnectionRole Role { get; init; } = ConnectionRole.Server;
    public byte[] Local { get; init; } = [192, 0, 2, 1];
    public byte[] Remote { get; init; } = [192, 0, 2, 7];
    public ushort Status { get; init; } = 200;
    public long RequestSize { get; init; }
    public long ResponseSize { get; init; } = 5;
    public ExchangeFlags Flags { get; init; } = ExchangeFlags.ReadsW3C;
    public ushort Kind { get; init; } = HttpExchangeEvent.Kind;
    public int? RequestLength { get; init; }

    public byte[] ToBytes()
    {
        byte[] head = RawHead ?? Encoding.Latin1.GetBytes(Head);
        HttpExchangeEvent e = new()
        {
            Header = new EventHeader { Kind = Kind, Process = 7, Execution = 42, Start = 1_000, End = 3_000 },
            RequestSize = RequestSize,
            ResponseSize = ResponseSize,
            Status = Status,
            RequestLength = (ushort)(RequestLength ?? head.Length),
            Flags = Flags,
        };
        e.Connection.Role = Role;
        e.Connection.Family = (ushort)(Local.Length switch { 4 => 2, 16 => 10, _ => 0 });
        (e.Connection.LocalPort, e.Connection.RemotePort) = (8080, 50123);
        Local.CopyTo(e.Connection.Local);
        Remote.CopyTo(e.Connection.Remote);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<HttpExchangeEvent>(in e)), .. head];
    }
}

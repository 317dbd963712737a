using System.Runtime.InteropServices;
using System.Text;
using Beyla;
using Beyla.HttpWire;

namespace HttpSsl.Tests;

/// <summary>A record of an exchange within TLS as the BPF side would write it; the defaults are a served <c>GET /</c>.</summary>
internal sealed record ExchangeRecord
{
    public string Request { get; init; } = "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n";
    public ConnectionRole Role { get; init; } = ConnectionRole.Server;
    public ushort Status { get; init; } = 200;
    public ExchangeFlags Flags { get; init; } = ExchangeFlags.Tls;

    /// <summary>Whether the session's connection was found.</summary>
    public bool Joined { get; init; } = true;

    public byte[] ToBytes()
    {
        byte[] head = Encoding.ASCII.GetBytes(Request);
        HttpExchangeEvent e = new()
        {
            Header = new EventHeader { Kind = HttpExchangeEvent.Kind, Process = 1, Start = 1000, End = 2000 },
            ResponseSize = 5,
            Status = Status,
            RequestLength = (ushort)head.Length,
            Flags = Flags,
        };
        e.Connection.Role = Role;
        if (Joined)
        {
            (e.Connection.Cookie, e.Connection.Family, e.Connection.LocalPort, e.Connection.RemotePort) = (7, 2, 50001, 50002);
            new byte[] { 192, 0, 2, 1 }.CopyTo((Span<byte>)e.Connection.Local);
            new byte[] { 192, 0, 2, 2 }.CopyTo((Span<byte>)e.Connection.Remote);
        }
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<HttpExchangeEvent>(in e)), .. head];
    }
}

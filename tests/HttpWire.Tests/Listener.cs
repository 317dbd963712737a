using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace HttpWire.Tests;

/// <summary>One side of a connection that is listened to: pieces in, spans out.</summary>
internal sealed class Listener(bool client) : ISpanWriter
{
    private static readonly byte[] s_local = IPAddress.Parse("192.0.2.1").GetAddressBytes(), s_peer = IPAddress.Parse("192.0.2.2").GetAddressBytes();
    private readonly Http2Connections _connections = new();
    private readonly SpanRecorder _recorder = new();

    /// <summary>The spans so far.</summary>
    public List<Heard> Spans { get; } = [];

    /// <summary>Reasons of what was given up.</summary>
    public List<string> Drops { get; } = [];

    /// <summary>Takes a piece of which only the beginning may have been captured.</summary>
    public void Take(Piece piece, ulong time, int captured = int.MaxValue, Http2Role role = Http2Role.Unknown, long? offset = null)
    {
        EventHeader header = default;
        _connections.Take(7, role, new Http2Piece(Event(ref header), piece.Bytes.AsSpan(0, Math.Min(captured, piece.Bytes.Length)))
        {
            Length = piece.Bytes.Length,
            Offset = offset ?? piece.Offset,
            Sent = piece.Sent == client,
            Time = time,
            Local = new Endpoint(s_local, 80),
            Peer = new Endpoint(s_peer, 4000),
        }, this);
        Collect();
    }

    /// <summary>The connection is closed.</summary>
    public void Close(ulong time, long received = -1, long sent = -1)
    {
        EventHeader header = default;
        _connections.Close(7, received, sent, new Http2Piece(Event(ref header), default) { Time = time }, this);
        Collect();
    }

    public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => _recorder.Begin(kind, family, e);

    public void Drop(string reason) => Drops.Add(reason);

    private void Collect()
    {
        Spans.AddRange(_recorder.Spans.Select(s => new Heard(s)));
        _recorder.Spans.Clear();
    }

    private static BpfEvent Event(ref EventHeader header) => new(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref header, 1)));
}

/// <summary>A span as <see cref="SpanRecorder"/> writes it down.</summary>
internal sealed record Heard(string Text)
{
    public bool IsRpc => Text.Contains(" rpc.", StringComparison.Ordinal);

    /// <summary>A text or a number; null when the attribute is not set.</summary>
    public string? this[string attribute] => Text.Split('\n')
        .FirstOrDefault(l => l.StartsWith(attribute + " = ", StringComparison.Ordinal))?[(attribute.Length + 3)..].Trim('\'');

    /// <summary>The path; <c>*</c> when it is not known.</summary>
    public string Path => this["url.path"] ?? (this["rpc.method"] is { } method ? method == "*" ? "*" : "/" + method : Decoded(this["url.full"]!));

    private static string Decoded(string url) => Uri.UnescapeDataString(url[url.IndexOf('/', "http://".Length)..]) is "/*" ? "*" : Uri.UnescapeDataString(url[url.IndexOf('/', "http://".Length)..]);

    public override string ToString() => Text;
}

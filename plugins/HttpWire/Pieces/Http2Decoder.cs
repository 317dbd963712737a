using System.Runtime.CompilerServices;

namespace Beyla.HttpWire;

/// <summary>From records of HTTP/2 connections to the spans of their exchanges. Keeps what the connections' directions have said so far.</summary>
internal sealed class Http2Decoder
{
    private readonly Http2Connections _connections = new();

    /// <summary>Takes a record.</summary>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        ref readonly Http2PieceEvent told = ref e.Payload<Http2PieceEvent>();
        ReadOnlySpan<byte> bytes = e.Record[Unsafe.SizeOf<Http2PieceEvent>()..];
        if (told.Captured > bytes.Length)
        {
            spans.Drop("not-http");
            return;
        }
        bool closed = (told.Flags & Http2PieceFlags.Closed) != 0;
        Http2Piece piece = new(e, bytes[..(int)told.Captured])
        {
            Length = closed ? 0 : (int)told.Length,
            Offset = closed ? -1 : (long)told.Offset,
            Sent = (told.Flags & Http2PieceFlags.Sent) != 0,
            Time = told.Header.End,
            Tls = (told.Flags & Http2PieceFlags.Tls) != 0,
            Local = told.Connection.LocalEndpoint,
            Peer = told.Connection.RemoteEndpoint,
            Propagators = ((told.Flags & Http2PieceFlags.ReadsW3C) != 0 ? Propagators.W3C : 0) | ((told.Flags & Http2PieceFlags.ReadsB3) != 0 ? Propagators.B3 : 0),
        };
        if (closed) _connections.Close(told.Id, (long)told.Offset, (long)told.Length, piece, spans);
        else _connections.Take(told.Id, (Http2Role)told.Connection.Role, piece, spans);
    }
}

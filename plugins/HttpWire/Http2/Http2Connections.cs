namespace Beyla.HttpWire;

/// <summary>
/// The HTTP/2 connections of one tracer. Bounded: the connection that was quiet for longest makes room. Not thread-safe, as
/// <see cref="ITracer.Decode"/> is called on one thread at a time.
/// </summary>
/// <param name="maximum">Connections that are kept; a busy one takes 2 to 40 KB.</param>
public sealed class Http2Connections(int maximum = 4096)
{
    private readonly Dictionary<ulong, LinkedListNode<(ulong Id, Http2Connection Connection)>> _byId = [];
    private readonly LinkedList<(ulong Id, Http2Connection Connection)> _byAge = new();
    private readonly Http2Scratch _scratch = new();

    /// <summary>How many there are.</summary>
    public int Count => _byId.Count;

    /// <summary>Takes a piece of a connection and writes the spans of the exchanges that end with it.</summary>
    /// <param name="id">The connection: the same number for both directions, never used again. Two processes of this host that talk to each other have one each.</param>
    /// <param name="role">The side of the process, if the caller knows it.</param>
    /// <param name="piece">The bytes.</param>
    /// <param name="spans">Takes the spans; exchanges that are given up are counted there.</param>
    public void Take(ulong id, Http2Role role, in Http2Piece piece, ISpanWriter spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        if (_byId.TryGetValue(id, out LinkedListNode<(ulong, Http2Connection Connection)>? node))
        {
            if (node.Next is not null)
            {
                _byAge.Remove(node);
                _byAge.AddLast(node);
            }
        }
        else
        {
            if (_byId.Count >= maximum) DropOldest(spans);
            node = _byAge.AddLast((id, new Http2Connection(role, _scratch)));
            _byId.Add(id, node);
        }
        node.Value.Connection.Take(piece, spans);
    }

    /// <summary>The connection was closed: exchanges that were open broke off. Nothing for a connection that is not known.</summary>
    /// <param name="id">The connection.</param>
    /// <param name="received">How many bytes were received on it in all; -1 when not known.</param>
    /// <param name="sent">How many were sent.</param>
    /// <param name="piece">The record of the close: time, ends of the connection, no bytes.</param>
    /// <param name="spans">Takes the spans.</param>
    public void Close(ulong id, long received, long sent, in Http2Piece piece, ISpanWriter spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        if (!_byId.Remove(id, out LinkedListNode<(ulong, Http2Connection Connection)>? node)) return;
        _byAge.Remove(node);
        node.Value.Connection.Close(received, sent, piece, spans);
    }

    private void DropOldest(ISpanWriter spans)
    {
        LinkedListNode<(ulong Id, Http2Connection Connection)> oldest = _byAge.First!;
        _byAge.Remove(oldest);
        _byId.Remove(oldest.Value.Id);
        for (int i = oldest.Value.Connection.Drop(); i > 0; i--) spans.Drop("too-many-connections");
    }
}

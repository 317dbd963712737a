namespace Beyla.HttpWire;

/// <summary>One HTTP/2 connection: what its two directions say, put together to exchanges.</summary>
internal sealed class Http2Connection
{
    /// <summary>Open streams that are kept; servers commonly allow 100 to 250.</summary>
    public const int MaxStreams = 256;

    /// <summary>How many numbers may have been given to streams unseen; a piece of a body that looks like frames shows itself by higher ones.</summary>
    private const uint StreamsAhead = 1_000_000;

    private readonly FrameReader _received = new(), _sent = new();
    private readonly Dictionary<uint, Http2Stream> _open = [];
    private readonly Http2Scratch _scratch;
    private Http2Role _role;
    private uint _newest;

    /// <param name="role">The side of the process, if it is known.</param>
    /// <param name="scratch">Shared by all connections of a tracer.</param>
    public Http2Connection(Http2Role role, Http2Scratch scratch) => (_role, _scratch) = (role, scratch);

    private int Breaks => _received.Breaks + _sent.Breaks;

    /// <summary>Takes a piece and writes the spans of the exchanges that end with it.</summary>
    public void Take(in Http2Piece piece, ISpanWriter spans)
    {
        (FrameReader reader, FrameReader other) = piece.Sent ? (_sent, _received) : (_received, _sent);
        if (reader.TrySkip(reader.MissingBefore(piece.Offset), out FrameEvent found)) Handle(found, piece, spans);
        ReadOnlySpan<byte> bytes = piece.Bytes;
        reader.Begin(bytes, piece.Offset, _newest == 0 ? uint.MaxValue : _newest + StreamsAhead, other.SawPreface);
        while (reader.TryNext(ref bytes, _scratch.Block, out found)) Handle(found, piece, spans);
        if (reader.TrySkip(piece.Length - piece.Bytes.Length, out found)) Handle(found, piece, spans);
        reader.Advance(piece.Offset, piece.Length);
        if (reader.SawPreface && _role == Http2Role.Unknown) _role = piece.Sent ? Http2Role.Client : Http2Role.Server;
    }

    /// <summary>The connection was closed: exchanges that were open broke off.</summary>
    /// <param name="received">How many bytes were received in all; -1 when not known.</param>
    /// <param name="sent">How many were sent.</param>
    /// <param name="piece">The record of the close, without bytes.</param>
    /// <param name="spans">Takes the spans.</param>
    public void Close(long received, long sent, in Http2Piece piece, ISpanWriter spans)
    {
        if (_received.TrySkip(_received.MissingBefore(received), out FrameEvent found)) Handle(found, piece with { Sent = false }, spans);
        if (_sent.TrySkip(_sent.MissingBefore(sent), out found)) Handle(found, piece with { Sent = true }, spans);
        foreach (Http2Stream stream in _open.Values)
        {
            if (_received.IsWhole && _sent.IsWhole) Write(stream, piece, spans, ExchangeErrors.ConnectionClosed, GrpcStatus.Unavailable);
            else spans.Drop("half-seen");
            _scratch.Return(stream);
        }
        _open.Clear();
    }

    /// <summary>Forgets the open exchanges; returns how many there were.</summary>
    public int Drop()
    {
        foreach (Http2Stream stream in _open.Values) _scratch.Return(stream);
        int count = _open.Count;
        _open.Clear();
        return count;
    }

    private void Handle(in FrameEvent found, in Http2Piece piece, ISpanWriter spans)
    {
        if (found.Stream % 2 == 0) return; // pushed by the server (RFC 9113, section 5.1.1)
        if (found.Kind == FrameEventKind.Headers && _role == Http2Role.Unknown) _role = RoleBy(_scratch.Block, piece.Sent);
        if (_role == Http2Role.Unknown) return;
        bool ofRequest = piece.Sent == (_role == Http2Role.Client);
        if (!_open.TryGetValue(found.Stream, out Http2Stream? stream))
        {
            if (found.Kind == FrameEventKind.Headers) Begin(found, ofRequest, piece, spans);
            return;
        }
        switch (found.Kind)
        {
            case FrameEventKind.Reset: Reset(stream, (Http2Error)found.Number, ofRequest, piece, spans); return;
            case FrameEventKind.Data when ofRequest: stream.RequestBytes = Sum(stream.RequestBytes, found.Number); break;
            case FrameEventKind.Data: stream.ResponseBytes = Sum(stream.ResponseBytes, found.Number); break;
            case FrameEventKind.Headers when !ofRequest: stream.TakeAnswer(_scratch.Block); break;
        }
        if (!found.EndsStream) return;
        if (ofRequest) stream.RequestEnded = true;
        else End(stream, piece, spans, default, null);
    }

    private void Begin(in FrameEvent found, bool ofRequest, in Http2Piece piece, ISpanWriter spans)
    {
        if (!ofRequest)
        {
            if (found.EndsStream) spans.Drop("half-seen");
            return;
        }
        // A block without a method is the trailer of a request that was answered before it ended, or whose head was not seen.
        if (!_scratch.Block.Has(HeaderName.Method) && (found.Stream <= _newest || !_scratch.Block.HasUnknown)) return;
        if (_open.Count == MaxStreams) DropStreams(spans);
        Http2Stream stream = _scratch.Rent();
        stream.Begin(found.Stream, piece.Time, _scratch.Block, found.EndsStream, Breaks);
        _open.Add(found.Stream, stream);
        _newest = Math.Max(_newest, found.Stream);
    }

    /// <summary>Makes room: streams whose end may have been missed go, or else the oldest.</summary>
    private void DropStreams(ISpanWriter spans)
    {
        uint oldest = uint.MaxValue;
        foreach ((uint id, Http2Stream stream) in _open)
        {
            oldest = Math.Min(oldest, id);
            if (stream.Breaks != Breaks) Drop(id, "half-seen", spans);
        }
        if (_open.Count == MaxStreams) Drop(oldest, "too-many-streams", spans);
    }

    private void Drop(uint id, string reason, ISpanWriter spans)
    {
        if (_open.Remove(id, out Http2Stream? stream)) _scratch.Return(stream);
        spans.Drop(reason);
    }

    private void Reset(Http2Stream stream, Http2Error error, bool byClient, in Http2Piece piece, ISpanWriter spans)
    {
        bool own = error == Http2Error.Cancel && byClient && _role == Http2Role.Client;
        End(stream, piece, spans, own ? ExchangeErrors.Cancelled : ExchangeErrors.StreamClosed, GrpcStatus.Of(error));
    }

    private void End(Http2Stream stream, in Http2Piece piece, ISpanWriter spans, ReadOnlySpan<byte> error, int? grpcStatus)
    {
        _open.Remove(stream.Id);
        Write(stream, piece, spans, error, grpcStatus);
        _scratch.Return(stream);
    }

    private void Write(Http2Stream stream, in Http2Piece piece, ISpanWriter spans, ReadOnlySpan<byte> error, int? grpcStatus) =>
        Http2Span.Write(stream, stream.Breaks == Breaks, _role, piece, spans, error, stream.GrpcStatus >= 0 ? stream.GrpcStatus : grpcStatus);

    /// <summary>Of sizes, -1 when one of them is not known.</summary>
    private static long Sum(long sum, long more) => sum < 0 || more < 0 ? -1 : sum + more;

    private static Http2Role RoleBy(HeaderBlock block, bool sent)
    {
        if (block.Has(HeaderName.Method) || block.Has(HeaderName.Path)) return sent ? Http2Role.Client : Http2Role.Server;
        if (block.Has(HeaderName.Status)) return sent ? Http2Role.Server : Http2Role.Client;
        return Http2Role.Unknown;
    }
}

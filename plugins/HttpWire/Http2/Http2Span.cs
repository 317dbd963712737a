namespace Beyla.HttpWire;

/// <summary>From a finished stream to an HTTP or RPC span.</summary>
internal static class Http2Span
{
    /// <summary>What stands for a path that is not known.</summary>
    private static ReadOnlySpan<byte> NotKnown => "*"u8;

    /// <param name="stream">The stream.</param>
    /// <param name="isWhole">Nothing of it was missed, as far as that was noticed.</param>
    /// <param name="role">The side of the process.</param>
    /// <param name="piece">The piece that ended it.</param>
    /// <param name="spans">Takes the span.</param>
    /// <param name="error">What broke it off; empty: nothing.</param>
    /// <param name="grpcStatus">gRPC's status; null when it is not known.</param>
    public static void Write(Http2Stream stream, bool isWhole, Http2Role role, in Http2Piece piece, ISpanWriter spans, ReadOnlySpan<byte> error, int? grpcStatus)
    {
        HttpExchange exchange = ExchangeOf(stream, piece);
        exchange.Error = error;
        if (!isWhole || !error.IsEmpty) (exchange.RequestBodySize, exchange.ResponseBodySize) = (-1, -1);
        Span span = (stream.IsGrpc, role) switch
        {
            (true, Http2Role.Server) => RpcSpan.WriteServer(piece.Event, exchange, grpcStatus, spans),
            (true, _) => RpcSpan.WriteClient(piece.Event, exchange, grpcStatus, spans),
            (false, Http2Role.Server) => HttpServerSpan.Write(piece.Event, exchange, spans),
            (false, _) => HttpClientSpan.Write(piece.Event, exchange, spans),
        };
        span.SetTimes(stream.Start, piece.Time).End();
    }

    private static HttpExchange ExchangeOf(Http2Stream stream, in Http2Piece piece)
    {
        HeaderBlock request = stream.Request;
        TraceFields trace = default;
        trace.Take("traceparent"u8, request[HeaderName.Traceparent]);
        trace.Take("b3"u8, request[HeaderName.B3]);
        trace.Take("x-b3-traceid"u8, request[HeaderName.B3TraceId]);
        trace.Take("x-b3-spanid"u8, request[HeaderName.B3SpanId]);
        ReadOnlySpan<byte> path = request[HeaderName.Path], authority = request[HeaderName.Authority];
        ReadOnlySpan<byte> method = request[HeaderName.Method];
        if (path.IsEmpty) path = method.SequenceEqual("CONNECT"u8) ? authority : NotKnown;
        return new HttpExchange
        {
            Method = method,
            Target = path,
            Host = authority.IsEmpty ? request[HeaderName.Host] : authority,
            Major = 2,
            Status = stream.Status,
            RequestBodySize = stream.RequestEnded ? stream.RequestBytes : -1,
            ResponseBodySize = stream.ResponseBytes,
            Tls = piece.Tls,
            Local = piece.Local,
            Peer = piece.Peer,
            Trace = trace,
            Propagators = piece.Propagators,
        };
    }
}

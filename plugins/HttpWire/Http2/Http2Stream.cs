namespace Beyla.HttpWire;

/// <summary>One request and its answer on an HTTP/2 connection, as far as they were seen. Reused.</summary>
internal sealed class Http2Stream
{
    /// <summary>The fields of the request.</summary>
    public HeaderBlock Request { get; } = new();

    /// <summary>The stream's number.</summary>
    public uint Id { get; private set; }

    /// <summary>When the request's fields went over, CLOCK_MONOTONIC ns.</summary>
    public ulong Start { get; private set; }

    /// <summary>Bytes of the request's body so far; -1 when not known.</summary>
    public long RequestBytes { get; set; }

    /// <summary>The end of the request was seen.</summary>
    public bool RequestEnded { get; set; }

    /// <summary>Bytes of the answer's body so far; -1 when not known.</summary>
    public long ResponseBytes { get; set; }

    /// <summary>Status of the final answer; 0 while there is none, or when it is not known.</summary>
    public int Status { get; private set; }

    /// <summary>gRPC's status; -1 when there was none, or it is not known.</summary>
    public int GrpcStatus { get; private set; } = -1;

    /// <summary>A gRPC call: its fields say so, or its answer had a gRPC status.</summary>
    public bool IsGrpc { get; private set; }

    /// <summary><see cref="FrameReader.Breaks"/> of both directions when the request came: if there are more by now, something was missed.</summary>
    public int Breaks { get; private set; }

    /// <summary>Begins anew with a request.</summary>
    /// <param name="id">The stream's number.</param>
    /// <param name="start">When, CLOCK_MONOTONIC ns.</param>
    /// <param name="request">Its fields.</param>
    /// <param name="ended">It has no body.</param>
    /// <param name="breaks">See <see cref="Breaks"/>.</param>
    public void Begin(uint id, ulong start, HeaderBlock request, bool ended, int breaks)
    {
        Request.CopyFrom(request);
        (Id, Start, RequestEnded, Breaks) = (id, start, ended, breaks);
        (RequestBytes, ResponseBytes, Status, GrpcStatus) = (0, 0, 0, -1);
        IsGrpc = HasGrpcType(request);
    }

    /// <summary>Takes fields of the answer: interim ones, the final head, or trailers.</summary>
    public void TakeAnswer(HeaderBlock block)
    {
        if (block.Number(HeaderName.Status) is >= 200 and < 1000 and long status) Status = (int)status;
        if (block.Number(HeaderName.GrpcStatus) is >= 0 and < int.MaxValue and long code) (GrpcStatus, IsGrpc) = ((int)code, true);
        IsGrpc |= HasGrpcType(block);
    }

    /// <summary><c>application/grpc</c>, <c>application/grpc+proto</c> …, but not gRPC-Web (gRPC over HTTP2, "Content-Type").</summary>
    private static bool HasGrpcType(HeaderBlock block)
    {
        ReadOnlySpan<byte> type = block[HeaderName.ContentType];
        return type.StartsWith("application/grpc"u8) && (type.Length == 16 || type[16] is (byte)'+' or (byte)';');
    }
}

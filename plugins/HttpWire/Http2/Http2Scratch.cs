namespace Beyla.HttpWire;

/// <summary>What the connections of one tracer share, because only one of them is looked at at a time.</summary>
internal sealed class Http2Scratch
{
    /// <summary>Streams that are kept for later; more are left to the garbage collector.</summary>
    private const int Kept = 256;

    private readonly Stack<Http2Stream> _streams = new();

    /// <summary>The block that is being decoded.</summary>
    public HeaderBlock Block { get; } = new();

    /// <summary>A stream to begin.</summary>
    public Http2Stream Rent() => _streams.TryPop(out Http2Stream? stream) ? stream : new Http2Stream();

    /// <summary>Takes a stream back.</summary>
    public void Return(Http2Stream stream)
    {
        if (_streams.Count < Kept) _streams.Push(stream);
    }
}

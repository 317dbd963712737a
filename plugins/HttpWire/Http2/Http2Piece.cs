namespace Beyla.HttpWire;

/// <summary>Bytes that went over an HTTP/2 connection in one direction, and what the record they came with says.</summary>
/// <param name="e">The record: its process goes into spans, its times do not.</param>
/// <param name="bytes">The bytes, or as many of them as were captured.</param>
public readonly ref struct Http2Piece(BpfEvent e, ReadOnlySpan<byte> bytes)
{
    /// <summary>The record.</summary>
    public BpfEvent Event { get; } = e;

    /// <summary>The captured bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>How many bytes went over; more than were captured when the rest was left out.</summary>
    public int Length { get; init; } = bytes.Length;

    /// <summary>How many bytes went over in this direction before: what is missing is noticed by it. -1 when not known.</summary>
    public long Offset { get; init; } = -1;

    /// <summary>The process sent them; else it received them.</summary>
    public bool Sent { get; init; }

    /// <summary>When, CLOCK_MONOTONIC ns.</summary>
    public ulong Time { get; init; }

    /// <summary>Seen inside of a TLS library.</summary>
    public bool Tls { get; init; }

    /// <summary>The process' own end of the connection.</summary>
    public Endpoint Local { get; init; }

    /// <summary>The other end.</summary>
    public Endpoint Peer { get; init; }

    /// <summary>What of the headers that name a trace counts.</summary>
    public Propagators Propagators { get; init; } = Propagators.W3C;
}

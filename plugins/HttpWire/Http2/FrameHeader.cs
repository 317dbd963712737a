using System.Buffers.Binary;

namespace Beyla.HttpWire;

/// <summary>Frame types (RFC 9113, section 6) that are looked at; all others are passed over.</summary>
internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    ResetStream = 3,
    Settings = 4,
    PushPromise = 5,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
    PriorityUpdate = 16,  // RFC 9218, section 7
}

/// <summary>Flags of frames (RFC 9113, section 6).</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>Of SETTINGS and PING: ACK.</summary>
    EndStream = 0x01,
    EndHeaders = 0x04,
    Padded = 0x08,
    Priority = 0x20,
}

/// <summary>The nine bytes in front of each frame (RFC 9113, section 4.1).</summary>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="Type">Its type.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="Stream">The stream; 0 is the connection.</param>
/// <param name="Reserved">The bit that is always 0.</param>
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, uint Stream, bool Reserved)
{
    /// <summary>Bytes of the header itself.</summary>
    public const int Size = 9;

    /// <summary>Longest frame believed of a reader that looks for the first one; peers may agree on more (RFC 9113, section 6.5.2).</summary>
    private const int SearchedMax = 1 << 14;

    /// <param name="bytes">At least <see cref="Size"/>.</param>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        uint stream = BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]);
        return new(bytes[0] << 16 | bytes[1] << 8 | bytes[2], (FrameType)bytes[3], (FrameFlags)bytes[4], stream & 0x7fffffff, stream >> 31 != 0);
    }

    /// <summary>The stream ends with this frame, or with the header block that it begins.</summary>
    public bool EndsStream => Type is FrameType.Data or FrameType.Headers && (Flags & FrameFlags.EndStream) != 0;

    /// <summary>What it carries is of no interest, but for its length.</summary>
    public bool IsSkippable => Type is not (FrameType.Headers or FrameType.Continuation or FrameType.PushPromise or FrameType.ResetStream);

    /// <summary>Carries a piece of a header block.</summary>
    public bool CarriesHeaders => Type is FrameType.Headers or FrameType.Continuation or FrameType.PushPromise;

    /// <summary>Whether a peer may send this: what is not shows that the reader is not where it thinks it is.</summary>
    public bool IsPossible => !Reserved && Type switch
    {
        FrameType.Data => Stream != 0 && Only(FrameFlags.EndStream | FrameFlags.Padded),
        FrameType.Headers => Stream != 0 && Length > 0
            && Only(FrameFlags.EndStream | FrameFlags.EndHeaders | FrameFlags.Padded | FrameFlags.Priority),
        FrameType.Priority => Stream != 0 && Length == 5 && Only(FrameFlags.None),
        FrameType.ResetStream => Stream != 0 && Length == 4 && Only(FrameFlags.None),
        FrameType.Settings => Stream == 0 && Length % 6 == 0 && Only(FrameFlags.EndStream) && (Flags == 0 || Length == 0),
        FrameType.PushPromise => Stream != 0 && Length > 4 && Only(FrameFlags.EndHeaders | FrameFlags.Padded),
        FrameType.Ping => Stream == 0 && Length == 8 && Only(FrameFlags.EndStream),
        FrameType.GoAway => Stream == 0 && Length >= 8 && Only(FrameFlags.None),
        FrameType.WindowUpdate => Length == 4 && Only(FrameFlags.None),
        FrameType.Continuation => Stream != 0 && Only(FrameFlags.EndHeaders),
        _ => true,
    };

    /// <summary>Whether the bytes look like the beginning of frames: every header that is in them must be possible, and of a known type.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="newestStream">No stream has a higher number.</param>
    public static bool BeginsAt(ReadOnlySpan<byte> bytes, uint newestStream)
    {
        if (bytes.Length < Size) return false;
        while (bytes.Length >= Size)
        {
            FrameHeader header = Read(bytes);
            if (!header.IsPossible || header.Stream > newestStream || header.Length > SearchedMax || header.Type > FrameType.Continuation && header.Type != FrameType.PriorityUpdate) return false;
            bytes = bytes[Math.Min(bytes.Length, Size + header.Length)..];
        }
        return true;
    }

    private bool Only(FrameFlags allowed) => (Flags & ~allowed) == 0;
}

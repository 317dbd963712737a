namespace Beyla.HttpWire;

/// <summary>What a frame means for its stream.</summary>
internal enum FrameEventKind
{
    /// <summary>A header block was decoded.</summary>
    Headers,

    /// <summary>A part of a body went over.</summary>
    Data,

    /// <summary>The stream was closed.</summary>
    Reset,
}

/// <summary>One step of a stream.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Number">Bytes of the body for <see cref="FrameEventKind.Data"/>, -1 when not known; error code (RFC 9113, section 7) for <see cref="FrameEventKind.Reset"/>.</param>
/// <param name="EndsStream">This direction of the stream ends with it.</param>
internal readonly record struct FrameEvent(FrameEventKind Kind, uint Stream, long Number, bool EndsStream);

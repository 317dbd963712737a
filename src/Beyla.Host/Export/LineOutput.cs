using System.Buffers;

namespace Beyla.Host.Export;

/// <summary>Collects lines in one growing buffer and writes them to a stream at once.</summary>
internal sealed class LineOutput(Stream stream)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);

    /// <summary>Where lines are put together.</summary>
    public IBufferWriter<byte> Buffer => _buffer;

    /// <summary>Ends the line; a large buffer is written at once.</summary>
    public void EndLine()
    {
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= 48 * 1024) Flush();
    }

    /// <summary>Writes what is held.</summary>
    /// <exception cref="IOException">The reader of the stream is gone; the lines are dropped.</exception>
    public void Flush()
    {
        if (_buffer.WrittenCount == 0) return;
        try { stream.Write(_buffer.WrittenSpan); }
        finally { _buffer.ResetWrittenCount(); }
        stream.Flush();
    }
}

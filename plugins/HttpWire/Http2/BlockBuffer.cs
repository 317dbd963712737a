using System.Buffers;

namespace Beyla.HttpWire;

/// <summary>Puts header blocks together that come in pieces. Memory is rented while a block is open only.</summary>
internal sealed class BlockBuffer
{
    /// <summary>Longer blocks are given up: four times what servers accept.</summary>
    public const int Max = 1 << 16;

    private byte[] _bytes = [];

    /// <summary>Bytes that are in it.</summary>
    public int Length { get; private set; }

    /// <summary>What is in it.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Appends; <see langword="false"/> when that is too much.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > Max) return false;
        if (Length + bytes.Length > _bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(1024, 2 * (Length + bytes.Length)));
            Bytes.CopyTo(larger);
            Return();
            _bytes = larger;
        }
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        return true;
    }

    /// <summary>Replaces what lies behind an offset by a part of it.</summary>
    /// <param name="start">The offset.</param>
    /// <param name="part">What stays of it, counted from the offset.</param>
    public void Keep(int start, Range part)
    {
        (int offset, int length) = part.GetOffsetAndLength(Length - start);
        Bytes.Slice(start + offset, length).CopyTo(Bytes[start..]);
        Length = start + length;
    }

    /// <summary>Empties it and gives the memory back.</summary>
    public void Clear()
    {
        Return();
        (_bytes, Length) = ([], 0);
    }

    private void Return()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Beyla.Elf.Dwarf;

/// <summary>Reads the basic forms of DWARF (DWARF 5, section 7) one after the other.</summary>
internal ref struct DwarfCursor(ReadOnlySpan<byte> bytes, int position)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; set; } = position;

    public byte Byte() => _bytes[Position++];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = Byte();
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }

    public void SkipText() => Position += _bytes[Position..].IndexOf((byte)0) is >= 0 and int length ? length + 1 : throw new ElfException("a text in the debug data does not end", Position);

    public ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    /// <summary>The text that begins at an offset.</summary>
    public static ReadOnlySpan<byte> TextAt(ReadOnlySpan<byte> bytes, int offset)
    {
        ReadOnlySpan<byte> rest = bytes[offset..];
        return rest[..Math.Max(0, rest.IndexOf((byte)0))];
    }

    public static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}

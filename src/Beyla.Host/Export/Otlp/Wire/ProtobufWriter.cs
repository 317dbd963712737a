using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Beyla.Host.Export.Otlp.Wire;

/// <summary>
/// Writes protobuf messages in one pass into one growing buffer; nothing is allocated once the buffer has grown. A nested message whose length
/// is not known yet gets a length of four bytes, patched when it ends: a padded varint, which every reader takes (protobuf.dev, Encoding).
/// </summary>
/// <param name="capacity">Bytes to begin with.</param>
internal sealed class ProtobufWriter(int capacity = 4096)
{
    private const int LengthBytes = 4;
    private const int VarintMax = 10;
    private const int TagMax = 5;
    private const int WireVarint = 0, WireFixed64 = 1, WireLength = 2, WireFixed32 = 5;

    private static readonly byte[] Replacement = [0xef, 0xbf, 0xbd];
    private byte[] _buffer = new byte[capacity];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    /// <summary>Forgets everything, keeps the buffer.</summary>
    public void Reset() => Length = 0;

    /// <summary>Takes back everything after a length.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>A bool, enum or any of the plain integer types; negative numbers as their 64-bit two's complement.</summary>
    public void Varint(int field, ulong value)
    {
        Room(TagMax + VarintMax);
        Tag(field, WireVarint);
        PutVarint(value);
    }

    /// <summary>A fixed64 or sfixed64.</summary>
    public void Fixed64(int field, ulong value)
    {
        Room(TagMax + sizeof(ulong));
        Tag(field, WireFixed64);
        PackedFixed64(value);
    }

    /// <summary>A fixed32.</summary>
    public void Fixed32(int field, uint value)
    {
        Room(TagMax + sizeof(uint));
        Tag(field, WireFixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(Length), value);
        Length += sizeof(uint);
    }

    /// <summary>A double.</summary>
    public void Double(int field, double value) => Fixed64(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A sint32.</summary>
    public void ZigZag(int field, int value) => Varint(field, (uint)(value << 1 ^ value >> 31));

    /// <summary>An element of a packed list of varints: neither tag nor length.</summary>
    public void PackedVarint(ulong value)
    {
        Room(VarintMax);
        PutVarint(value);
    }

    /// <summary>An element of a packed list of fixed64 or doubles.</summary>
    public void PackedFixed64(ulong value)
    {
        Room(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(Length), value);
        Length += sizeof(ulong);
    }

    /// <summary>Bytes.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Head(field, value.Length);
        Raw(value);
    }

    /// <summary>A string. Readers refuse a whole request for one byte that is not UTF-8, so what is not becomes U+FFFD.</summary>
    public void Text(int field, ReadOnlySpan<byte> utf8)
    {
        int size = TextSize(utf8);
        Head(field, size);
        if (size == utf8.Length && Utf8.IsValid(utf8)) Raw(utf8);
        else RawRepaired(utf8);
    }

    /// <summary>A string.</summary>
    public void Text(int field, string text)
    {
        int size = Encoding.UTF8.GetByteCount(text);
        Head(field, size);
        Room(size);
        Length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(Length));
    }

    /// <summary>Tag and length of a nested message (or string) whose size is known; its content must follow.</summary>
    public void Head(int field, int size)
    {
        Room(TagMax + VarintMax);
        Tag(field, WireLength);
        PutVarint((uint)size);
    }

    /// <summary>Begins a nested message of unknown size.</summary>
    /// <returns>The mark for <see cref="Close"/>.</returns>
    public int Open(int field)
    {
        Room(TagMax + LengthBytes);
        Tag(field, WireLength);
        Length += LengthBytes;
        return Length;
    }

    /// <summary>Ends a nested message; it may hold up to 256 MiB.</summary>
    public void Close(int mark)
    {
        uint size = (uint)(Length - mark);
        Span<byte> at = _buffer.AsSpan(mark - LengthBytes, LengthBytes);
        at[0] = (byte)(size | 0x80);
        at[1] = (byte)(size >> 7 | 0x80);
        at[2] = (byte)(size >> 14 | 0x80);
        at[3] = (byte)(size >> 21 & 0x7f);
    }

    /// <summary>Bytes that are encoded already.</summary>
    public void Raw(ReadOnlySpan<byte> encoded)
    {
        Room(encoded.Length);
        encoded.CopyTo(_buffer.AsSpan(Length));
        Length += encoded.Length;
    }

    /// <summary>Bytes that a varint takes.</summary>
    public static int VarintSize(ulong value) => (BitOperations.Log2(value | 1) + 7) / 7;

    /// <summary>Bytes that tag, length and content of a field take, for field numbers below 16.</summary>
    public static int FieldSize(int content) => 1 + VarintSize((uint)content) + content;

    /// <summary>Bytes that <see cref="Text(int, ReadOnlySpan{byte})"/> writes as content.</summary>
    public static int TextSize(ReadOnlySpan<byte> utf8)
    {
        if (Utf8.IsValid(utf8)) return utf8.Length;
        int size = 0;
        while (!utf8.IsEmpty)
        {
            size += Rune.DecodeFromUtf8(utf8, out _, out int taken) == System.Buffers.OperationStatus.Done ? taken : Replacement.Length;
            utf8 = utf8[taken..];
        }
        return size;
    }

    private void RawRepaired(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(utf8, out _, out int taken) == System.Buffers.OperationStatus.Done;
            Raw(valid ? utf8[..taken] : Replacement);
            utf8 = utf8[taken..];
        }
    }

    private void Tag(int field, int wireType) => PutVarint((uint)(field << 3 | wireType));

    private void PutVarint(ulong value)
    {
        byte[] buffer = _buffer;
        int at = Length;
        for (; value >= 0x80; value >>= 7) buffer[at++] = (byte)(value | 0x80);
        buffer[at++] = (byte)value;
        Length = at;
    }

    private void Room(int bytes)
    {
        if (_buffer.Length - Length < bytes) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, Length + bytes));
    }
}

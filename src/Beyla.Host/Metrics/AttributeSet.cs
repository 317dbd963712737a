using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Beyla.Host.Metrics;

/// <summary>
/// Puts the values of a series' attributes into one run of bytes, which is the series' key and all that is kept of them. Values stand in the
/// order of the group's attributes, each after a byte with its type; the names are the group's.
/// </summary>
/// <param name="capacity">Bytes that fit before more memory is needed.</param>
internal sealed class AttributeSetBuilder(int capacity = 1024)
{
    /// <summary>The type of an attribute that the span does not have.</summary>
    internal const byte Absent = 0xff;

    /// <summary>Longer texts are cut: a value that long names nothing any more, and it is kept for every series.</summary>
    internal const int LongestText = 512;

    private byte[] _buffer = new byte[capacity];
    private int _length;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Begins the next key.</summary>
    public void Reset() => _length = 0;

    /// <summary>An attribute without a value.</summary>
    public void AddAbsent() => Room(1)[0] = Absent;

    /// <summary>A text in UTF-8.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestText) utf8 = utf8[..LongestText];
        Span<byte> at = Room(1 + sizeof(int) + utf8.Length);
        at[0] = (byte)AttributeType.Text;
        BinaryPrimitives.WriteInt32LittleEndian(at[1..], utf8.Length);
        utf8.CopyTo(at[(1 + sizeof(int))..]);
    }

    /// <summary>An integer.</summary>
    public void Add(long value) => Add(AttributeType.Integer, value);

    /// <summary>An integer, a double (its bits) or a boolean (0, 1).</summary>
    private void Add(AttributeType type, long value)
    {
        Span<byte> at = Room(1 + sizeof(long));
        at[0] = (byte)type;
        BinaryPrimitives.WriteInt64LittleEndian(at[1..], value);
    }

    /// <summary>The value of a span's attribute; of a list the first text.</summary>
    public void Add(in SpanAttribute attribute)
    {
        switch (attribute.Type)
        {
            case AttributeType.Text: Add(attribute.Text); break;
            case AttributeType.Texts:
                TextList texts = attribute.Texts;
                Add(texts.MoveNext() ? texts.Current : default);
                break;
            case AttributeType.Double: Add(AttributeType.Double, BitConverter.DoubleToInt64Bits(attribute.Double)); break;
            default: Add(attribute.Type, attribute.Integer); break;
        }
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _length + bytes));
        Span<byte> at = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return at;
    }
}

/// <summary>Reads the values of a key of <see cref="AttributeSetBuilder"/>, in order.</summary>
/// <param name="key">The key.</param>
internal ref struct AttributeSetReader(ReadOnlySpan<byte> key)
{
    private ReadOnlySpan<byte> _rest = key;
    private long _number;

    /// <summary>Whether the attribute has a value.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Its type: text, integer, double or boolean.</summary>
    public AttributeType Type { get; private set; }

    /// <summary>The UTF-8 of a text.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>An integer.</summary>
    public readonly long Integer => _number;

    /// <summary>A double.</summary>
    public readonly double Double => BitConverter.Int64BitsToDouble(_number);

    /// <summary>A boolean.</summary>
    public readonly bool Boolean => _number != 0;

    /// <summary>Reads the next value; false at the end.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        byte type = _rest[0];
        _rest = _rest[1..];
        IsSet = type != AttributeSetBuilder.Absent;
        if (!IsSet) return true;
        Type = (AttributeType)type;
        if (Type == AttributeType.Text)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
            Text = _rest.Slice(sizeof(int), length);
            _rest = _rest[(sizeof(int) + length)..];
        }
        else
        {
            _number = BinaryPrimitives.ReadInt64LittleEndian(_rest);
            _rest = _rest[sizeof(long)..];
        }
        return true;
    }
}

/// <summary>Compares keys by their bytes; a key in the making needs no array of its own.</summary>
internal sealed class AttributeSetComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static AttributeSetComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        HashCode hash = default;
        hash.AddBytes(alternate); // seeded for each process: values come from outside
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}

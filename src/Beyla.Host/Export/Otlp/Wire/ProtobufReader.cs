using System.Buffers.Binary;

namespace Beyla.Host.Export.Otlp.Wire;

/// <summary>
/// Reads the fields of one protobuf message, in order. Made for answers of foreign servers: what is malformed ends the reading, nothing is thrown.
/// </summary>
/// <param name="message">The message.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Number of the field that was read.</summary>
    public int Field { get; private set; }

    /// <summary>Value of a varint, fixed32 or fixed64 field.</summary>
    public ulong Number { get; private set; }

    /// <summary>Content of a string, bytes, packed or message field.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Whether <see cref="Content"/> holds the value, not <see cref="Number"/>.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Whether reading ended before the message did.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next field; false at the end.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty || IsMalformed) return false;
        if (!TryVarint(ref _rest, out ulong tag) || !TryValue((int)(tag & 7)))
        {
            IsMalformed = true;
            return false;
        }
        Field = (int)(tag >> 3);
        return true;
    }

    /// <summary>Takes a varint off the front; false when there is none.</summary>
    public static bool TryVarint(ref ReadOnlySpan<byte> from, out ulong value)
    {
        value = 0;
        for (int i = 0; i < from.Length && i < 10; i++)
        {
            value |= (ulong)(from[i] & 0x7f) << (7 * i);
            if (from[i] >= 0x80) continue;
            from = from[(i + 1)..];
            return true;
        }
        return false;
    }

    private bool TryValue(int wireType)
    {
        Number = 0;
        Content = default;
        HasContent = wireType == 2;
        switch (wireType)
        {
            case 0:
                if (!TryVarint(ref _rest, out ulong number)) return false;
                Number = number;
                return true;
            case 1 when _rest.Length >= 8:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[8..];
                return true;
            case 2 when TryVarint(ref _rest, out ulong length) && length <= (ulong)_rest.Length:
                Content = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case 5 when _rest.Length >= 4:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[4..];
                return true;
            default:
                return false;
        }
    }
}

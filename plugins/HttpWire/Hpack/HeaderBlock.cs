namespace Beyla.HttpWire;

/// <summary>The fields of one decoded header block that spans are made of. Reused; it allocates only until it has grown to what is common.</summary>
internal sealed class HeaderBlock
{
    /// <summary>Of a longer value only the beginning is kept.</summary>
    public const int ValueMax = 1024;

    /// <summary>Bytes of all values together; a value that finds no room counts as not known.</summary>
    private const int TextMax = 4096;

    private readonly Range16[] _values = new Range16[(int)HeaderName.Count];
    private byte[] _text = [];
    private int _length;

    private record struct Range16(short Offset, short Length, bool IsSet);

    /// <summary>There was a field of which not even the name is known: what is not set may have been sent all the same.</summary>
    public bool HasUnknown { get; private set; }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        Array.Clear(_values);
        (_length, HasUnknown) = (0, false);
    }

    /// <summary>Whether the field was sent, with whatever value.</summary>
    public bool Has(HeaderName name) => _values[(int)name].IsSet;

    /// <summary>The field's value, at most <see cref="ValueMax"/> bytes of it; empty when it was not sent, or is not known.</summary>
    public ReadOnlySpan<byte> this[HeaderName name] => _text.AsSpan(_values[(int)name].Offset, _values[(int)name].Length);

    /// <summary>The field as a decimal number; -1 when it is none, was not sent, or is not known.</summary>
    public long Number(HeaderName name) => MessageFields.Decimal(this[name]);

    /// <summary>Takes a field.</summary>
    public void Set(HeaderName name, ReadOnlySpan<byte> value)
    {
        if (name == HeaderName.Other) return;
        if (value.Length > ValueMax) value = value[..ValueMax];
        if (name == HeaderName.Unknown || _length + value.Length > TextMax)
        {
            HasUnknown = true;
            return;
        }
        if (_length + value.Length > _text.Length) Array.Resize(ref _text, Math.Max(128, 2 * (_length + value.Length)));
        value.CopyTo(_text.AsSpan(_length));
        _values[(int)name] = new Range16((short)_length, (short)value.Length, true);
        _length += value.Length;
    }

    /// <summary>Takes over all of another block.</summary>
    public void CopyFrom(HeaderBlock other)
    {
        if (_text.Length < other._length) _text = new byte[other._length];
        other._text.AsSpan(0, other._length).CopyTo(_text);
        other._values.CopyTo(_values, 0);
        (_length, HasUnknown) = (other._length, other.HasUnknown);
    }
}

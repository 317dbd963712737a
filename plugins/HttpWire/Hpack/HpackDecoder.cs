namespace Beyla.HttpWire;

/// <summary>
/// Decodes header blocks (RFC 7541). Tolerant: entries of the dynamic table that were inserted unseen give fields of the name
/// <see cref="HeaderName.Unknown"/>, never a wrong value.
/// </summary>
internal ref struct HpackDecoder
{
    /// <summary>More than any header string or table size that is real; keeps numbers from overflowing.</summary>
    private const int NumberMax = 1 << 24;

    private readonly HpackTable _table;
    private readonly HeaderBlock _to;
    private readonly Span<byte> _scratch;
    private ReadOnlySpan<byte> _rest;

    private HpackDecoder(ReadOnlySpan<byte> block, HpackTable table, HeaderBlock to, Span<byte> scratch)
    {
        (_table, _to) = (table, to);
        _scratch = scratch;
        _rest = block;
    }

    /// <summary>Decodes a whole block.</summary>
    /// <param name="block">The fragments of HEADERS and its CONTINUATIONs, put together.</param>
    /// <param name="table">The direction's table; forgotten when the block breaks the specification.</param>
    /// <param name="to">The fields; complete only if the answer is true.</param>
    /// <returns><see langword="false"/> when the block breaks the specification: nothing of it may be believed.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> block, HpackTable table, HeaderBlock to)
    {
        to.Clear();
        HpackDecoder decoder = new(block, table, to, stackalloc byte[HeaderBlock.ValueMax]);
        while (!decoder._rest.IsEmpty)
        {
            if (decoder.TryField()) continue;
            table.Forget();
            return false;
        }
        return true;
    }

    private bool TryField()
    {
        byte first = _rest[0];
        if ((first & 0x80) != 0) return TryIndexed();
        if ((first & 0x40) != 0) return TryLiteral(prefix: 6, insert: true);
        return (first & 0x20) != 0 ? TryResize() : TryLiteral(prefix: 4, insert: false);
    }

    private bool TryIndexed()
    {
        if (!TryNumber(7, out int index) || !TryEntry(index, out HeaderName name, out _, out ReadOnlySpan<byte> value)) return false;
        _to.Set(name, value);
        return true;
    }

    private bool TryResize()
    {
        if (!TryNumber(5, out int size)) return false;
        _table.Resize(size);
        return true;
    }

    private bool TryLiteral(int prefix, bool insert)
    {
        if (!TryNumber(prefix, out int index)) return false;
        HeaderName name;
        int nameLength;
        if (index == 0)
        {
            if (!TryString(keep: true, out ReadOnlySpan<byte> text, out nameLength)) return false;
            name = nameLength > text.Length ? HeaderName.Other : HeaderNames.Of(text);
        }
        else if (!TryEntry(index, out name, out nameLength, out _)) return false;

        bool keep = name is not (HeaderName.Other or HeaderName.Unknown);
        if (!TryString(keep || insert, out ReadOnlySpan<byte> value, out int length)) return false;
        if (!keep) value = default;
        _to.Set(name, value);
        if (insert) _table.Insert(name, nameLength, value, length);
        return true;
    }

    /// <summary>An entry of either table; one that was not seen is unknown, one that cannot be is an error.</summary>
    private readonly bool TryEntry(int index, out HeaderName name, out int nameLength, out ReadOnlySpan<byte> value)
    {
        (name, nameLength) = (HeaderName.Unknown, 0);
        value = default;
        if (index == 0) return false;
        if (index > HpackStaticTable.Count)
            return _table.TryGet(index - HpackStaticTable.Count - 1, out name, out nameLength, out value) || !_table.IsWhole;
        (name, nameLength) = (HpackStaticTable.Name(index), HpackStaticTable.NameLength(index));
        value = HpackStaticTable.Value(index);
        return true;
    }

    /// <summary>RFC 7541, section 5.1.</summary>
    private bool TryNumber(int prefix, out int number)
    {
        int mask = (1 << prefix) - 1;
        number = _rest[0] & mask;
        _rest = _rest[1..];
        if (number < mask) return true;
        for (int shift = 0; !_rest.IsEmpty && shift <= 21; shift += 7)
        {
            byte b = _rest[0];
            _rest = _rest[1..];
            number += (b & 0x7f) << shift;
            if ((b & 0x80) == 0) return number < NumberMax;
        }
        return false;
    }

    /// <summary>RFC 7541, section 5.2.</summary>
    /// <param name="keep">Whether the text matters; if not, it stays empty, and so may the length.</param>
    /// <param name="text">The string's beginning, at most <see cref="HeaderBlock.ValueMax"/> bytes. Valid until the next string.</param>
    /// <param name="length">Bytes of the whole string.</param>
    private bool TryString(bool keep, out ReadOnlySpan<byte> text, out int length)
    {
        text = default;
        length = 0;
        if (_rest.IsEmpty) return false;
        bool huffman = (_rest[0] & 0x80) != 0;
        if (!TryNumber(7, out int size) || size > _rest.Length) return false;
        ReadOnlySpan<byte> encoded = _rest[..size];
        _rest = _rest[size..];
        if (!keep) return true;
        length = size;
        text = encoded;
        if (!huffman) return true;
        if (!Huffman.TryDecode(encoded, _scratch, out length)) return false;
        text = _scratch[..Math.Min(length, _scratch.Length)];
        return true;
    }
}

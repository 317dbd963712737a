namespace Beyla.HttpWire;

/// <summary>
/// The dynamic table of one direction of a connection (RFC 7541, section 2.3.2), as far as it was seen. Entries are counted from the newest on, so
/// those that were seen keep their right index however many unknown ones lie behind them.
/// </summary>
internal sealed class HpackTable
{
    /// <summary>What a table has until it is told otherwise (RFC 9113, section 6.5.2).</summary>
    public const int DefaultSize = 4096;

    /// <summary>A larger table is followed only this far; what would lie behind is not known any more.</summary>
    public const int FollowedSize = 16384;

    private const int Overhead = 32;                  // RFC 7541, section 4.1
    private const int AnyNameLength = 128;            // for names that are not known: more than real ones have

    private Entry[] _entries = [];
    private int _first, _count;                       // ring; _first is the oldest
    private byte[] _bytes = [];
    private int _bytesEnd;
    private int _size;
    private int _maximum = DefaultSize;

    private record struct Entry(HeaderName Name, int NameLength, int Size, int Offset, int Length);

    /// <summary>Every entry of the peer's table is here. If not, an index that is not here is of an entry that was not seen.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>How many entries are known.</summary>
    public int Count => _count;

    /// <summary>The connection is seen from its first byte on: the table is empty, and that is all of it.</summary>
    public void Begin()
    {
        Forget();
        (IsWhole, _maximum) = (true, DefaultSize);
    }

    /// <summary>Something was missed: no entry has a known place any more.</summary>
    public void Forget() => (IsWhole, _count, _first, _size, _bytesEnd) = (false, 0, 0, 0, 0);

    /// <summary>A size update; entries that do not fit go.</summary>
    public void Resize(int maximum)
    {
        _maximum = maximum;
        Evict(maximum);
    }

    /// <summary>Looks an entry up.</summary>
    /// <param name="index">0 for the newest.</param>
    /// <param name="name">Its name.</param>
    /// <param name="nameLength">Bytes of its name, 0 when not known.</param>
    /// <param name="value">Its value; empty for names of which none is kept. Valid until the next change.</param>
    /// <returns><see langword="false"/> when it is not known.</returns>
    public bool TryGet(int index, out HeaderName name, out int nameLength, out ReadOnlySpan<byte> value)
    {
        (name, nameLength) = (HeaderName.Unknown, 0);
        value = default;
        if (index >= _count) return false;
        Entry entry = _entries[(_first + _count - 1 - index) & _entries.Length - 1];
        (name, nameLength) = (entry.Name, entry.NameLength);
        value = _bytes.AsSpan(entry.Offset, entry.Length);
        return true;
    }

    /// <summary>Inserts an entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="nameLength">Bytes of its name, 0 when not known.</param>
    /// <param name="value">What of its value is kept.</param>
    /// <param name="valueLength">Bytes of its whole value.</param>
    public void Insert(HeaderName name, int nameLength, ReadOnlySpan<byte> value, int valueLength)
    {
        int size = Overhead + (nameLength == 0 ? AnyNameLength : nameLength) + valueLength;
        if (size > Math.Min(_maximum, FollowedSize))
        {
            // It empties the table and does not enter it (RFC 7541, section 4.4). Whoever does not know the size for sure cannot say whether it is
            // in; after this nothing is known but what comes, and that is right either way.
            bool sure = IsWhole && nameLength > 0 && size > _maximum;
            Forget();
            IsWhole = sure;
            return;
        }
        Evict(_maximum - size);
        if (_size + size > FollowedSize) EvictUnfollowed(FollowedSize - size);
        Add(name, nameLength, value, size);
    }

    private void Add(HeaderName name, int nameLength, ReadOnlySpan<byte> value, int size)
    {
        if (_count == _entries.Length) GrowEntries();
        if (_bytesEnd + value.Length > _bytes.Length) MakeRoom(value.Length);
        value.CopyTo(_bytes.AsSpan(_bytesEnd));
        _entries[(_first + _count++) & _entries.Length - 1] = new Entry(name, nameLength, size, _bytesEnd, value.Length);
        _bytesEnd += value.Length;
        _size += size;
    }

    private void EvictUnfollowed(int maximum)
    {
        Evict(maximum);
        IsWhole = false;
    }

    private void Evict(int maximum)
    {
        while (_size > maximum && _count > 0)
        {
            _size -= _entries[_first].Size;
            _first = (_first + 1) & _entries.Length - 1;
            _count--;
        }
    }

    private void GrowEntries()
    {
        Entry[] larger = new Entry[Math.Max(8, 2 * _entries.Length)];
        for (int i = 0; i < _count; i++) larger[i] = _entries[(_first + i) & _entries.Length - 1];
        (_entries, _first) = (larger, 0);
    }

    /// <summary>Moves the values that still count to the front, and takes more memory when they fill over half of it.</summary>
    private void MakeRoom(int needed)
    {
        int start = _count == 0 ? _bytesEnd : _entries[_first].Offset, live = _bytesEnd - start;
        byte[] to = 2 * (live + needed) > _bytes.Length ? new byte[Math.Max(256, 2 * (live + needed))] : _bytes;
        _bytes.AsSpan(start, live).CopyTo(to);
        for (int i = 0; i < _count; i++) _entries[(_first + i) & _entries.Length - 1].Offset -= start;
        (_bytes, _bytesEnd) = (to, live);
    }
}

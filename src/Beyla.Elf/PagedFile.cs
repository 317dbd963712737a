using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Elf;

/// <summary>
/// Random reads of a file through a bounded cache of 64 KiB pages, with the load-time relocations applied to each page as it comes in.
/// Plain reads instead of a mapping: a file that shrinks under a mapping kills the reader with SIGBUS.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class PagedFile(SafeFileHandle handle, long length, Relocations? relocations) : IDisposable
{
    public const int PageSize = 1 << PageBits;
    private const int PageBits = 16;

    private readonly int[] _slotOfPage = new int[(length + PageSize - 1) >> PageBits];   // slot + 1; 0: not cached
    private readonly List<Slot> _slots = [];
    private readonly int _capacity = (int)(Math.Clamp(length / 4, 16L << 20, 64L << 20) >> PageBits);
    private byte[]? _straddling;
    private Slot? _last;
    private int _hand;

    public long Length => length;

    /// <summary>Copies bytes. Throws <see cref="ElfException"/> when the range leaves the file.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > length - destination.Length)
            throw new ElfException($"{destination.Length} bytes lie outside the file", offset);
        while (!destination.IsEmpty)
        {
            int at = (int)(offset & (PageSize - 1));
            ReadOnlySpan<byte> source = Page(offset >> PageBits)[at..];
            if (source.Length > destination.Length)
                source = source[..destination.Length];
            source.CopyTo(destination);
            destination = destination[source.Length..];
            offset += source.Length;
        }
    }

    /// <summary>Copies bytes as they are in the file, leaving the cache alone: for long runs that are read once.</summary>
    public void ReadUncached(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > length - destination.Length)
            throw new ElfException($"{destination.Length} bytes lie outside the file", offset);
        ReadFully(handle, offset, destination);
    }

    public byte ReadByte(long offset)
    {
        Span<byte> bytes = stackalloc byte[1];
        Read(offset, bytes);
        return bytes[0];
    }

    public uint ReadUInt32(long offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(offset, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong ReadUInt64(long offset)
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(offset, bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The bytes from <paramref name="offset"/> to the end of its page. Valid until the next read.</summary>
    public ReadOnlySpan<byte> RestOfPage(long offset) => Page(offset >> PageBits)[(int)(offset & (PageSize - 1))..];

    /// <summary>
    /// The bytes before the next zero byte, which must come before <paramref name="end"/> and within 64 KiB. Valid until the next read.
    /// </summary>
    public ReadOnlySpan<byte> ReadTerminated(long offset, long end)
    {
        if (offset < 0 || offset >= end || end > length)
            throw new ElfException("a name lies outside its table", offset);
        ReadOnlySpan<byte> inPage = RestOfPage(offset);
        int zero = inPage.IndexOf((byte)0);
        if (zero < 0)
        {
            _straddling ??= new byte[PageSize];
            Span<byte> copy = _straddling.AsSpan(0, (int)Math.Min(PageSize, end - offset));
            Read(offset, copy);
            inPage = copy;
            zero = copy.IndexOf((byte)0);
        }
        if (zero < 0 || offset + zero >= end)
            throw new ElfException("a name does not end", offset);
        return inPage[..zero];
    }

    public void Dispose()
    {
        foreach (Slot slot in _slots)
            ArrayPool<byte>.Shared.Return(slot.Bytes);
        _slots.Clear();
        _last = null;
        Array.Clear(_slotOfPage);
    }

    private ReadOnlySpan<byte> Page(long page)
    {
        if (_last is not { } slot || slot.Page != page)
        {
            int cached = _slotOfPage[page];
            slot = cached != 0 ? _slots[cached - 1] : Load(page);
            slot.Touched = true;
            _last = slot;
        }
        return slot.Bytes.AsSpan(0, (int)Math.Min(PageSize, length - (page << PageBits)));
    }

    private Slot Load(long page)
    {
        int index = FreeSlot();
        Slot slot = _slots[index];
        long offset = page << PageBits;
        Span<byte> bytes = slot.Bytes.AsSpan(0, (int)Math.Min(PageSize, length - offset));
        ReadFully(handle, offset, bytes);
        relocations?.Apply(offset, bytes);
        slot.Page = page;
        _slotOfPage[page] = index + 1;
        return slot;
    }

    /// <summary>Second-chance replacement once the cache is full.</summary>
    private int FreeSlot()
    {
        if (_slots.Count < _capacity)
        {
            _slots.Add(new Slot(ArrayPool<byte>.Shared.Rent(PageSize)));
            return _slots.Count - 1;
        }
        for (; ; _hand = (_hand + 1) % _slots.Count)
        {
            Slot slot = _slots[_hand];
            if (slot.Touched)
            {
                slot.Touched = false;
                continue;
            }
            int free = _hand;
            if (slot.Page >= 0)
                _slotOfPage[slot.Page] = 0;
            slot.Page = -1;
            _hand = (_hand + 1) % _slots.Count;
            return free;
        }
    }

    private static void ReadFully(SafeFileHandle handle, long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(handle, destination, offset);
            if (read == 0)
                throw new ElfException("the file became shorter while it was read", offset);
            destination = destination[read..];
            offset += read;
        }
    }

    private sealed class Slot(byte[] bytes)
    {
        public byte[] Bytes { get; } = bytes;

        public long Page { get; set; } = -1;

        public bool Touched { get; set; }
    }
}

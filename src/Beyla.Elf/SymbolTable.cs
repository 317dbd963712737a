using System.Buffers.Binary;
using System.Text;

namespace Beyla.Elf;

/// <summary>One symbol table with its strings. The first look-up by name makes an index of 8 bytes per symbol.</summary>
internal sealed class SymbolTable(PagedFile file, long symbols, int count, long strings, ulong stringSize)
{
    public const int EntrySize = 24;
    private const int HashedPrefix = 128, LongestName = 4096;

    private uint[]? _hashes;
    private int[]? _indices;

    /// <summary>Every symbol but the first, which is always empty.</summary>
    public IEnumerable<ElfSymbol> All()
    {
        for (int i = 1; i < count; i++)
            yield return Symbol(i);
    }

    /// <summary>The defined symbol of that name.</summary>
    public bool TryFind(string name, out ElfSymbol symbol)
    {
        if (_hashes is null)
            BuildIndex();
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        uint hash = NameHash.Of(wanted.AsSpan(0, Math.Min(wanted.Length, HashedPrefix)));
        int at = Array.BinarySearch(_hashes!, hash);
        while (at > 0 && _hashes![at - 1] == hash)
            at--;
        for (; at >= 0 && at < _hashes!.Length && _hashes[at] == hash; at++)
        {
            if (!IsNamed(_indices![at], wanted))
                continue;
            symbol = Symbol(_indices[at]);
            if (symbol.IsDefined)
                return true;
        }
        symbol = default;
        return false;
    }

    private void BuildIndex()
    {
        int size = Math.Max(0, count - 1);
        (_hashes, _indices) = (new uint[size], new int[size]);
        for (int i = 1; i < count; i++)
        {
            _hashes[i - 1] = HashName(file.ReadUInt32(symbols + ((long)i * EntrySize)));
            _indices[i - 1] = i;
        }
        Array.Sort(_hashes, _indices);
    }

    private ElfSymbol Symbol(int index)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        file.Read(symbols + ((long)index * EntrySize), entry);
        return new ElfSymbol(
            ReadName(BinaryPrimitives.ReadUInt32LittleEndian(entry)),
            BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]),
            (ElfSymbolType)(entry[4] & 15),
            BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]) != 0);
    }

    private uint HashName(uint at)
    {
        Span<byte> bytes = stackalloc byte[HashedPrefix];
        return NameHash.Of(Start(at, bytes));
    }

    private bool IsNamed(int index, byte[] name)
    {
        byte[] bytes = new byte[name.Length + 1];
        return Start(file.ReadUInt32(symbols + ((long)index * EntrySize)), bytes).SequenceEqual(name);
    }

    /// <summary>A name; one of more than 4 KiB is cut.</summary>
    private string ReadName(uint at)
    {
        Span<byte> bytes = stackalloc byte[LongestName];
        return Encoding.UTF8.GetString(Start(at, bytes));
    }

    /// <summary>The bytes of a name, as many as the buffer takes: work per symbol stays bounded whatever the file says.</summary>
    private ReadOnlySpan<byte> Start(uint at, Span<byte> buffer)
    {
        if (at >= stringSize)
            return default;
        buffer = buffer[..(int)Math.Min((ulong)buffer.Length, stringSize - at)];
        file.Read(strings + at, buffer);
        int zero = buffer.IndexOf((byte)0);
        return zero < 0 ? buffer : buffer[..zero];
    }
}

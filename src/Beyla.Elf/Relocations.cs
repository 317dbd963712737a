using System.Buffers.Binary;

namespace Beyla.Elf;

/// <summary>
/// The pointers that the loader writes: R_*_RELATIVE (value: addend) and R_*_64 (value: symbol + addend) of DT_RELA, for a load bias of 0.
/// DT_RELR and DT_REL need no work: there the file already holds the link-time address.
/// </summary>
internal sealed class Relocations(ulong[] offsets, ulong[] values)
{
    private const int EntrySize = 24;
    private const int SlotSize = 8;

    /// <summary>Reads DT_RELA; <see langword="null"/> when nothing in it concerns data.</summary>
    public static Relocations? Read(ElfMachine machine, DynamicTable dynamic, AddressSpace memory)
    {
        ulong size = dynamic[DynamicTable.RelaSize] / EntrySize * EntrySize;
        if (size == 0)
            return null;
        long start = memory.Offset(dynamic[DynamicTable.Rela], size);
        int count = (int)Math.Min(size / EntrySize, (ulong)Array.MaxLength);
        (uint relative, uint symbolic) = machine == ElfMachine.X86_64 ? (8u, 1u) : (1027u, 257u);

        ulong[] offsets = new ulong[count], values = new ulong[count];
        int used = 0;
        bool sorted = true;
        Span<byte> entry = stackalloc byte[EntrySize];
        for (int i = 0; i < count; i++)
        {
            memory.File.Read(start + ((long)i * EntrySize), entry);
            ulong info = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
            uint type = (uint)info;
            if (type == symbolic)
                value += SymbolValue(dynamic, memory, info >> 32);
            else if (type != relative)
                continue;
            if (!memory.TryOffset(BinaryPrimitives.ReadUInt64LittleEndian(entry), SlotSize, out long offset))
                continue;
            sorted &= used == 0 || offsets[used - 1] <= (ulong)offset;
            offsets[used] = (ulong)offset;
            values[used++] = value;
        }
        if (used == 0)
            return null;
        if (used < count)
        {
            Array.Resize(ref offsets, used);
            Array.Resize(ref values, used);
        }
        if (!sorted)
            Array.Sort(offsets, values);
        return new Relocations(offsets, values);
    }

    /// <summary>Writes the pointers that fall, also in part, into a piece of the file that starts at <paramref name="offset"/>.</summary>
    public void Apply(long offset, Span<byte> bytes)
    {
        ulong first = (ulong)Math.Max(0, offset - SlotSize + 1);
        int i = Array.BinarySearch(offsets, first);
        i = i < 0 ? ~i : i;
        while (i > 0 && offsets[i - 1] == first)
            i--;
        Span<byte> pointer = stackalloc byte[SlotSize];
        for (; i < offsets.Length && offsets[i] < (ulong)(offset + bytes.Length); i++)
        {
            long at = (long)offsets[i] - offset;
            if (at >= 0 && at <= bytes.Length - SlotSize)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes[(int)at..], values[i]);
                continue;
            }
            BinaryPrimitives.WriteUInt64LittleEndian(pointer, values[i]);
            for (int k = 0; k < SlotSize; k++)
            {
                if (at + k >= 0 && at + k < bytes.Length)
                    bytes[(int)(at + k)] = pointer[k];
            }
        }
    }

    private static ulong SymbolValue(DynamicTable dynamic, AddressSpace memory, ulong index)
    {
        const int SymbolSize = 24, SectionAt = 6, ValueAt = 8;
        ulong symbol = dynamic[DynamicTable.SymbolTable] + (index * SymbolSize);
        if (!memory.TryOffset(symbol, SymbolSize, out long at))
            return 0;
        bool defined = (memory.File.ReadUInt32(at + 4) >> ((SectionAt - 4) * 8)) != 0;
        return defined ? memory.File.ReadUInt64(at + ValueAt) : 0;
    }
}

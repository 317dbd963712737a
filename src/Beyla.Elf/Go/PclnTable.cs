using System.Buffers.Binary;

namespace Beyla.Elf;

/// <summary>The generations of pclntab that differ in layout; values are the first byte of the magic (Go's internal/abi/symtab.go).</summary>
internal enum PclnFormat
{
    Go116 = 0xfa,
    Go118 = 0xf0,
    Go120 = 0xf1,
}

/// <summary>The header of pclntab (Go's runtime.pcHeader) and where its tables are. Offsets are file offsets.</summary>
/// <param name="Format">The layout.</param>
/// <param name="Address">Link-time address of the header.</param>
/// <param name="FunctionCount">Functions in the module.</param>
/// <param name="NamesOffset">File offset of the function names, terminated by zero bytes.</param>
/// <param name="NamesSize">Bytes of all names.</param>
/// <param name="NamesAddress">Their link-time address.</param>
/// <param name="FunctionsOffset">File offset of ftab: pairs (entry, offset of the function's record from here).</param>
/// <param name="FunctionsSize">Bytes of the file from there to the end of the segment.</param>
internal sealed record PclnTable(
    PclnFormat Format, ulong Address, int FunctionCount,
    long NamesOffset, long NamesSize, ulong NamesAddress, long FunctionsOffset, long FunctionsSize)
{
    private const int LongestHeader = 8 + (8 * 8);

    /// <summary>Bytes of one (entry, record) pair in ftab.</summary>
    public int EntrySize => Format == PclnFormat.Go116 ? 16 : 8;

    /// <summary>Offset of the name in a function's record (runtime._func).</summary>
    public int NameAt => Format == PclnFormat.Go116 ? 8 : 4;

    /// <summary>Reads the header at a file offset; <see langword="null"/> when it is none, or contradicts itself.</summary>
    public static PclnTable? TryRead(AddressSpace memory, ElfMachine machine, long offset)
    {
        if (!memory.TryAddress(offset, out ulong address) || !memory.Contains(address, LongestHeader))
            return null;
        Span<byte> header = stackalloc byte[LongestHeader];
        memory.Read(address, header);
        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(header);
        foreach (PclnFormat format in Enum.GetValues<PclnFormat>())
        {
            if (start == Magic(format, machine))
                return Read(memory, format, address, header[8..]);
        }
        return null;
    }

    /// <summary>The first word: magic, two zero bytes, instruction alignment, pointer size.</summary>
    public static ulong Magic(PclnFormat format, ElfMachine machine) =>
        0x0800_0000_ffff_ff00UL | (ulong)format | ((machine == ElfMachine.X86_64 ? 1UL : 4UL) << 48);

    private static PclnTable? Read(AddressSpace memory, PclnFormat format, ulong address, ReadOnlySpan<byte> words)
    {
        ulong count = Word(words, 0);
        int tables = format == PclnFormat.Go116 ? 2 : 3;   // 1.18 inserted textStart; 0 from 1.26 on, so module data is asked instead
        ulong names = Word(words, tables), units = Word(words, tables + 1), functions = Word(words, tables + 4);
        int entrySize = format == PclnFormat.Go116 ? 16 : 8;
        if (count is 0 or > int.MaxValue || names >= units || units > functions || functions > (ulong)memory.File.Length)
            return null;
        ulong tableSize = (count * (ulong)entrySize) + ((ulong)entrySize / 2);   // the last entry has no record
        if (!memory.TryOffset(address, functions + tableSize, out long at))
            return null;
        long namesAt = at + (long)names, functionsAt = at + (long)functions;
        ElfSegment segment = memory.Loads.First(s => s.HoldsFileBytes(address, functions + tableSize));
        long end = (long)(segment.Offset + segment.FileSize);
        return new PclnTable(
            format, address, (int)count, namesAt, (long)(units - names), address + names, functionsAt, end - functionsAt);
    }

    private static ulong Word(ReadOnlySpan<byte> words, int index) => BinaryPrimitives.ReadUInt64LittleEndian(words[(index * 8)..]);
}

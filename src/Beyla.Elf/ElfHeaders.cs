using System.Buffers.Binary;
using System.Text;

namespace Beyla.Elf;

/// <summary>
/// The file header and the two tables it leads to. A section table that makes no sense counts as absent, as the kernel runs such files;
/// a segment table that makes no sense is an error.
/// </summary>
internal sealed record ElfHeaders(ElfMachine Machine, bool IsPositionIndependent, ElfSegment[] Segments, ElfSection[] Sections)
{
    private const int HeaderSize = 64, SegmentSize = 56, SectionSize = 64;
    private const int LongestName = 256;
    private const ulong CompressedFlag = 0x800; // SHF_COMPRESSED
    private const int MostSegments = (1 << 16) / SegmentSize;   // what the kernel takes (fs/binfmt_elf.c, load_elf_phdrs)

    public static ElfHeaders Read(PagedFile file)
    {
        if (file.Length < HeaderSize)
            throw new ElfException("the file is too short for an ELF header", 0);
        Span<byte> header = stackalloc byte[HeaderSize];
        file.Read(0, header);
        if (!header.StartsWith("\u007fELF"u8))
            throw new ElfException("the file does not start with the ELF magic", 0);
        if (header[4] != 2 || header[5] != 1)
            throw new ElfException("the file is not 64-bit little-endian", 4);
        int type = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        if (type is not (2 or 3))
            throw new ElfException($"the file is neither an executable nor a shared object (e_type {type})", 16);
        int machine = BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
        if (machine is not ((int)ElfMachine.X86_64 or (int)ElfMachine.Aarch64))
            throw new ElfException($"the file is for another machine than x86-64 or aarch64 (e_machine {machine})", 18);
        return new ElfHeaders((ElfMachine)machine, type == 3, ReadSegments(file, header), ReadSections(file, header));
    }

    private static ElfSegment[] ReadSegments(PagedFile file, ReadOnlySpan<byte> header)
    {
        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (count > 0 && entrySize != SegmentSize)
            throw new ElfException($"program headers have {entrySize} bytes, not {SegmentSize}", 54);
        if (count > MostSegments)
            throw new ElfException($"there are {count} program headers, more than the kernel takes", 56);
        if (!Fits(file, at, (ulong)count * SegmentSize))
            throw new ElfException("the program headers lie outside the file", 32);

        ElfSegment[] segments = new ElfSegment[count];
        Span<byte> entry = stackalloc byte[SegmentSize];
        for (int i = 0; i < count; i++)
        {
            long where = (long)at + (i * SegmentSize);
            file.Read(where, entry);
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
            ulong fileSize = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            ulong memorySize = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
            fileSize = offset >= (ulong)file.Length ? 0 : Math.Min(fileSize, (ulong)file.Length - offset);
            if (address + Math.Max(fileSize, memorySize) < address)
                throw new ElfException("a segment runs past the end of the address space", where);
            segments[i] = new ElfSegment(
                BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
                offset, address, fileSize, memorySize, BinaryPrimitives.ReadUInt64LittleEndian(entry[48..]));
        }
        return segments;
    }

    private static ElfSection[] ReadSections(PagedFile file, ReadOnlySpan<byte> header)
    {
        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header[58..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[60..]);
        int namesIndex = BinaryPrimitives.ReadUInt16LittleEndian(header[62..]);
        if (at == 0 || count == 0 || entrySize != SectionSize || !Fits(file, at, (ulong)count * SectionSize))
            return [];

        ElfSection[] sections = new ElfSection[count];
        uint[] names = new uint[count];
        Span<byte> entry = stackalloc byte[SectionSize];
        for (int i = 0; i < count; i++)
        {
            file.Read((long)at + (i * SectionSize), entry);
            names[i] = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            sections[i] = new ElfSection(
                "", BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[40..]))
            {
                IsCompressed = (BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]) & CompressedFlag) != 0,
            };
        }
        if (namesIndex < count && sections[namesIndex] is { HasFileBytes: true } table && Fits(file, table.Offset, table.Size))
        {
            for (int i = 0; i < count; i++)
                sections[i] = sections[i] with { Name = ReadName(file, table, names[i]) };
        }
        return sections;
    }

    private static string ReadName(PagedFile file, ElfSection table, uint index)
    {
        if (index >= table.Size)
            return "";
        Span<byte> bytes = stackalloc byte[LongestName];
        bytes = bytes[..(int)Math.Min(LongestName, table.Size - index)];
        file.Read((long)(table.Offset + index), bytes);
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? "" : Encoding.UTF8.GetString(bytes[..end]);
    }

    private static bool Fits(PagedFile file, ulong offset, ulong size) =>
        offset <= (ulong)file.Length && size <= (ulong)file.Length - offset;
}

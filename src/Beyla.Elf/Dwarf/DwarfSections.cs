using System.Buffers.Binary;
using System.IO.Compression;

namespace Beyla.Elf.Dwarf;

/// <summary>The debug sections of a file in memory, inflated: Go's linker compresses them (SHF_COMPRESSED; before Go 1.19 <c>.zdebug_</c>).</summary>
internal sealed class DwarfSections
{
    private const uint Zlib = 1;                 // ELFCOMPRESS_ZLIB
    private const long MostBytes = 1L << 30;     // more than any program's; a damaged header must not take all memory
    private readonly ElfFile _elf;

    private DwarfSections(ElfFile elf, byte[] info) => (_elf, Info) = (elf, info);

    /// <summary><c>.debug_info</c></summary>
    public byte[] Info { get; }

    /// <summary><c>.debug_abbrev</c></summary>
    public byte[] Abbreviations => field ??= Read("abbrev");

    /// <summary><c>.debug_str</c></summary>
    public byte[] Strings => field ??= Read("str");

    /// <summary><c>.debug_line_str</c> (DWARF 5)</summary>
    public byte[] LineStrings => field ??= Read("line_str");

    /// <summary><c>.debug_str_offsets</c> (DWARF 5)</summary>
    public byte[] StringOffsets => field ??= Read("str_offsets");

    /// <summary>Reads <c>.debug_info</c>; null: the file has none.</summary>
    /// <exception cref="ElfException">It cannot be inflated.</exception>
    public static DwarfSections? TryRead(ElfFile elf) => Read(elf, "info") is { Length: > 0 } info ? new(elf, info) : null;

    private byte[] Read(string name) => Read(_elf, name);

    private static byte[] Read(ElfFile elf, string name)
    {
        foreach (ElfSection section in elf.Sections.Where(s => s.HasFileBytes))
        {
            if (section.Name == $".debug_{name}") return section.IsCompressed ? Inflate(Bytes(elf, section), 24, isElf: true) : Bytes(elf, section);
            if (section.Name == $".zdebug_{name}") return Inflate(Bytes(elf, section), 12, isElf: false);
        }
        return [];
    }

    private static byte[] Bytes(ElfFile elf, in ElfSection section)
    {
        if (section.Size > MostBytes || section.Size > (ulong)elf.Length) throw new ElfException($"section {section.Name} is larger than its file", (long)section.Offset);
        byte[] bytes = new byte[section.Size];
        elf.Read(section.Offset, bytes);
        return bytes;
    }

    /// <summary>Elf64_Chdr: type, reserved, size, alignment; .zdebug: "ZLIB" and the size in big-endian.</summary>
    private static byte[] Inflate(byte[] compressed, int header, bool isElf)
    {
        if (compressed.Length < header || (isElf ? BinaryPrimitives.ReadUInt32LittleEndian(compressed) != Zlib : !compressed.AsSpan().StartsWith("ZLIB"u8)))
            throw new ElfException("a debug section is compressed in a way other than zlib", 0);
        ulong size = isElf ? BinaryPrimitives.ReadUInt64LittleEndian(compressed.AsSpan(8)) : BinaryPrimitives.ReadUInt64BigEndian(compressed.AsSpan(4));
        if (size > MostBytes) throw new ElfException("a debug section has no sensible size", 0);
        byte[] bytes = new byte[size];
        try
        {
            using ZLibStream stream = new(new MemoryStream(compressed, header, compressed.Length - header), CompressionMode.Decompress);
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ElfException($"a debug section cannot be inflated: {e.Message}", 0);
        }
        return bytes;
    }
}

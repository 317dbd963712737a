using System.Buffers.Binary;
using System.Text;

namespace Beyla.Elf;

/// <summary>What the Go linker says about a build: runtime version and modules (Go's debug/buildinfo).</summary>
/// <param name="Version">"go1.24.4".</param>
/// <param name="Modules">Path to version; a replaced module has the version of its replacement.</param>
internal sealed record GoBuildInfo(string Version, IReadOnlyDictionary<string, string> Modules)
{
    private const int HeaderSize = 32, Alignment = 16, FlagsAt = 15;
    private const ulong MagicStart = 0x6975_6220_6f47_20ff;   // "\xff Go bui"
    private const int PointerFree = 2;
    private const int LongestText = 1 << 24;

    /// <summary>Reads the build info; <see langword="null"/> when there is none or it was wiped.</summary>
    public static GoBuildInfo? Read(IReadOnlyList<ElfSection> sections, AddressSpace memory)
    {
        long at = Find(sections, memory);
        if (at < 0)
            return null;
        bool inline = (memory.File.ReadByte(at + FlagsAt) & PointerFree) != 0;
        string version, modules;
        if (inline)
        {
            long next = at + HeaderSize;
            version = ReadInline(memory.File, ref next);
            modules = ReadInline(memory.File, ref next);
        }
        else
        {
            version = ReadString(memory, memory.File.ReadUInt64(at + 16));
            modules = ReadString(memory, memory.File.ReadUInt64(at + 24));
        }
        return version.Length == 0 ? null : new GoBuildInfo(version, ParseModules(modules));
    }

    private static long Find(IReadOnlyList<ElfSection> sections, AddressSpace memory)
    {
        foreach (ElfSection section in sections)
        {
            if (section is { Name: ".go.buildinfo", HasFileBytes: true } && IsAt(memory.File, (long)section.Offset))
                return (long)section.Offset;
        }
        foreach (long offset in SegmentScan.Find(memory, SegmentScan.DataSegments(memory), MagicStart, MagicStart, MagicStart))
        {
            if (offset % Alignment == 0 && IsAt(memory.File, offset))
                return offset;
        }
        return -1;
    }

    private static bool IsAt(PagedFile file, long offset)
    {
        if (offset < 0 || offset > file.Length - HeaderSize)
            return false;
        Span<byte> header = stackalloc byte[HeaderSize];
        file.Read(offset, header);
        return BinaryPrimitives.ReadUInt64LittleEndian(header) == MagicStart && header[8..].StartsWith("ldinf:"u8);
    }

    private static string ReadInline(PagedFile file, ref long at)
    {
        long length = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = file.ReadByte(at++);
            length |= (long)(b & 0x7f) << shift;
            if (b < 0x80)
                break;
            if (shift == 28)
                throw new ElfException("a length in the Go build info does not end", at);
        }
        string text = ReadText(file, at, (ulong)length);
        at += length;
        return text;
    }

    private static string ReadString(AddressSpace memory, ulong header)
    {
        ulong data = memory.ReadUInt64(header), length = memory.ReadUInt64(header + 8);
        return length == 0 ? "" : ReadText(memory.File, memory.Offset(data, length), length);
    }

    private static string ReadText(PagedFile file, long at, ulong length)
    {
        if (length > LongestText || at > file.Length - (long)length)
            throw new ElfException("a text of the Go build info lies outside the file", at);
        byte[] text = new byte[length];
        file.Read(at, text);
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>Lines "mod|dep TAB path TAB version", "=> TAB path TAB version" for a replacement, between two 16-byte marks.</summary>
    private static Dictionary<string, string> ParseModules(string text)
    {
        Dictionary<string, string> modules = [];
        string? last = null;
        foreach (string line in text.Split('\n'))
        {
            string[] parts = line.Split('\t');
            if (parts.Length < 3)
                continue;
            if (parts[0] is "mod" or "dep")
                modules[last = parts[1]] = parts[2];
            else if (parts[0] == "=>" && last is not null)
                modules[last] = parts[2];
        }
        return modules;
    }
}

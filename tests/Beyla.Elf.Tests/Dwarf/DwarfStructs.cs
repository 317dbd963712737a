using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Beyla.Elf.Tests.Dwarf;

/// <summary>One struct of the debug information: full name and the members with their byte offsets.</summary>
internal sealed record DwarfStruct(string Name, IReadOnlyList<(string Name, long Offset)> Members);

/// <summary>
/// The structs in .debug_info, DWARF 4 and 5 as Go writes them. Only an oracle: it shares no code with the reader under test but the section
/// table, and knows just the attribute forms that occur.
/// </summary>
internal sealed class DwarfStructs
{
    private const int Structure = 0x13, Member = 0x0d;
    private const int AtName = 0x03, AtMemberLocation = 0x38;

    private readonly byte[] _info, _abbreviations, _strings, _lineStrings;
    private int _at;

    private DwarfStructs(ElfFile elf)
    {
        _info = Section(elf, ".debug_info");
        _abbreviations = Section(elf, ".debug_abbrev");
        _strings = Section(elf, ".debug_str");
        _lineStrings = Section(elf, ".debug_line_str");
    }

    public static IReadOnlyList<DwarfStruct> Read(string path)
    {
        using ElfFile elf = ElfFile.Open(path);
        return [.. new DwarfStructs(elf).Units()];
    }

    private IEnumerable<DwarfStruct> Units()
    {
        while (_at < _info.Length)
        {
            int end = (int)Fixed(4) + _at;
            int version = (int)Fixed(2);
            int abbreviations;
            if (version >= 5)
            {
                Assert.Equal(1, (int)Fixed(1));                 // DW_UT_compile
                Assert.Equal(8, (int)Fixed(1));
                abbreviations = (int)Fixed(4);
            }
            else
            {
                abbreviations = (int)Fixed(4);
                Assert.Equal(8, (int)Fixed(1));
            }
            Dictionary<ulong, Abbreviation> table = Abbreviations(abbreviations);
            foreach (DwarfStruct found in Entries(end, table, version))
                yield return found;
            _at = end;
        }
    }

    private IEnumerable<DwarfStruct> Entries(int end, Dictionary<ulong, Abbreviation> table, int version)
    {
        Stack<(string Name, List<(string, long)> Members)?> open = new();
        while (_at < end)
        {
            ulong code = Leb();
            if (code == 0)
            {
                if (open.TryPop(out var closed) && closed is { } done)
                    yield return new DwarfStruct(done.Name, done.Members);
                continue;
            }
            Abbreviation abbreviation = table[code];
            string name = "";
            long location = 0;
            foreach ((int attribute, int form, long constant) in abbreviation.Attributes)
            {
                (long number, string? text) = Value(form, constant, version);
                if (attribute == AtName)
                    name = text ?? "";
                else if (attribute == AtMemberLocation)
                    location = number;
            }
            if (abbreviation.Tag == Member && open.TryPeek(out var parent) && parent is { } owner)
                owner.Members.Add((name, location));
            if (abbreviation.HasChildren)
                open.Push(abbreviation.Tag == Structure ? (name, []) : null);
            else if (abbreviation.Tag == Structure)
                yield return new DwarfStruct(name, []);
        }
    }

    private Dictionary<ulong, Abbreviation> Abbreviations(int offset)
    {
        (int saved, byte[] info) = (_at, _abbreviations);
        Dictionary<ulong, Abbreviation> table = [];
        int at = offset;
        while (Leb(info, ref at) is > 0 and ulong code)
        {
            int tag = (int)Leb(info, ref at);
            bool children = info[at++] != 0;
            List<(int, int, long)> attributes = [];
            while (true)
            {
                (int attribute, int form) = ((int)Leb(info, ref at), (int)Leb(info, ref at));
                if (attribute == 0 && form == 0)
                    break;
                attributes.Add((attribute, form, form == 0x21 ? (long)Leb(info, ref at) : 0));
            }
            table[code] = new Abbreviation(tag, children, attributes);
        }
        _at = saved;
        return table;
    }

    private (long Number, string? Text) Value(int form, long constant, int version)
    {
        switch (form)
        {
            case 0x08: return (0, Terminated(_info, ref _at));                                        // string
            case 0x0e: { int at = (int)Fixed(4); return (0, Terminated(_strings, ref at)); }          // strp
            case 0x1f: { int at = (int)Fixed(4); return (0, Terminated(_lineStrings, ref at)); }      // line_strp
            case 0x0b or 0x0c or 0x11: return ((long)Fixed(1), null);                                 // data1, flag, ref1
            case 0x05 or 0x12: return ((long)Fixed(2), null);                                         // data2, ref2
            case 0x06 or 0x13 or 0x17: return ((long)Fixed(4), null);                                 // data4, ref4, sec_offset
            case 0x07 or 0x01 or 0x14: return ((long)Fixed(8), null);                                 // data8, addr, ref8
            case 0x10: return ((long)Fixed(version >= 3 ? 4 : 8), null);                              // ref_addr
            case 0x0d: case 0x0f: case 0x15: case 0x1b: case 0x22: case 0x23: return ((long)Leb(), null);   // sdata, udata, ref_udata, *x
            case 0x19: return (1, null);                                                              // flag_present
            case 0x21: return (constant, null);                                                       // implicit_const
            case 0x09 or 0x18: { int size = (int)Leb(); return Expression(size); }                    // block, exprloc
            case 0x0a: { int size = (int)Fixed(1); return Expression(size); }                         // block1
            default: throw new NotSupportedException($"DWARF form 0x{form:x}");
        }
    }

    /// <summary>DW_OP_plus_uconst N is how older Go writes a member's place.</summary>
    private (long, string?) Expression(int size)
    {
        int at = _at;
        _at += size;
        return (size > 1 && _info[at++] == 0x23 ? (long)Leb(_info, ref at) : 0, null);
    }

    private ulong Fixed(int size)
    {
        ulong value = 0;
        for (int i = 0; i < size; i++)
            value |= (ulong)_info[_at++] << (8 * i);
        return value;
    }

    private ulong Leb() => Leb(_info, ref _at);

    private static ulong Leb(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = bytes[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
    }

    private static string Terminated(byte[] bytes, ref int at)
    {
        int end = Array.IndexOf(bytes, (byte)0, at);
        string text = Encoding.UTF8.GetString(bytes, at, end - at);
        at = end + 1;
        return text;
    }

    private static byte[] Section(ElfFile elf, string name)
    {
        ElfSection section = elf.Sections.FirstOrDefault(s => s.Name == name || s.Name == ".z" + name[1..]);
        byte[] bytes = new byte[section.Size];
        elf.Read(section.Offset, bytes);
        bool old = bytes.AsSpan().StartsWith("ZLIB"u8);
        bool compressed = old || (bytes.Length > 24 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == 1
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)) > 0 && bytes[24] == 0x78);      // Elf64_Chdr, zlib
        if (!compressed)
            return bytes;
        using ZLibStream zlib = new(new MemoryStream(bytes, old ? 12 : 24, bytes.Length - (old ? 12 : 24)), CompressionMode.Decompress);
        using MemoryStream plain = new();
        zlib.CopyTo(plain);
        return plain.ToArray();
    }

    private sealed record Abbreviation(int Tag, bool HasChildren, List<(int Attribute, int Form, long Constant)> Attributes);
}

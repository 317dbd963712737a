namespace Beyla.Elf.Dwarf;

/// <summary>One unit of <c>.debug_info</c>: its entries can be read one by one (DWARF 5, section 7.5; versions 4 and 5, 32-bit format).</summary>
internal sealed class DwarfUnit
{
    private readonly DwarfSections _sections;
    private readonly Dictionary<ulong, DwarfAbbreviation> _abbreviations;
    private readonly int _addressSize;
    private uint? _stringOffsets;

    private DwarfUnit(DwarfSections sections, int start, int first, int end, int addressSize, Dictionary<ulong, DwarfAbbreviation> abbreviations) =>
        (_sections, Start, First, End, _addressSize, _abbreviations) = (sections, start, first, end, addressSize, abbreviations);

    /// <summary>Offset of its header: what references within the unit count from.</summary>
    public int Start { get; }

    /// <summary>Offset of its first entry.</summary>
    public int First { get; }

    /// <summary>Offset behind it.</summary>
    public int End { get; }

    /// <summary>All units; those of other formats are left out.</summary>
    public static IEnumerable<DwarfUnit> All(DwarfSections sections)
    {
        Dictionary<uint, Dictionary<ulong, DwarfAbbreviation>> tables = [];
        for (int at = 0; at < sections.Info.Length;)
        {
            if (Read(sections, at, tables, out int end) is { } unit) yield return unit;
            at = end;
        }
    }

    private static DwarfUnit? Read(DwarfSections sections, int at, Dictionary<uint, Dictionary<ulong, DwarfAbbreviation>> tables, out int end)
    {
        DwarfCursor cursor = new(sections.Info, at);
        uint length = cursor.UInt32();
        end = checked((int)(cursor.Position + length));
        if (length >= 0xffff_fff0 || end > sections.Info.Length) throw new ElfException("a unit of the debug data has no sensible length", at);
        int version = cursor.UInt16();
        byte type = version >= 5 ? cursor.Byte() : (byte)1;
        byte addressSize = version >= 5 ? cursor.Byte() : (byte)0;
        uint abbreviations = cursor.UInt32();
        if (version < 5) addressSize = cursor.Byte();
        if (version is < 2 or > 5 || type != 1) return null; // DW_UT_compile
        if (!tables.TryGetValue(abbreviations, out Dictionary<ulong, DwarfAbbreviation>? table))
            tables[abbreviations] = table = DwarfAbbreviation.ReadTable(sections.Abbreviations, (int)abbreviations);
        return new DwarfUnit(sections, at, cursor.Position, end, addressSize, table);
    }

    /// <summary>Reads the entry at an offset; null for the one that ends a list of children. <paramref name="next"/> is the offset behind it.</summary>
    public DwarfEntry? Entry(int at, out int next)
    {
        DwarfCursor cursor = new(_sections.Info, at);
        ulong code = cursor.Unsigned();
        if (code == 0)
        {
            next = cursor.Position;
            return null;
        }
        if (!_abbreviations.TryGetValue(code, out DwarfAbbreviation? abbreviation)) throw new ElfException("an entry of the debug data is of no known kind", at);
        DwarfEntry entry = new(at, abbreviation.Tag, abbreviation.HasChildren);
        foreach ((uint name, uint form, long constant) in abbreviation.Attributes)
            Attribute(ref cursor, ref entry, name, form, constant);
        next = cursor.Position;
        return entry;
    }

    private void Attribute(ref DwarfCursor cursor, ref DwarfEntry entry, uint name, uint form, long constant)
    {
        switch ((DwarfAttribute)name)
        {
            case DwarfAttribute.Name: entry = entry with { NameAt = Text(ref cursor, form) }; break;
            case DwarfAttribute.ByteSize: entry = entry with { ByteSize = Number(ref cursor, form, constant) }; break;
            case DwarfAttribute.Type: entry = entry with { Type = Number(ref cursor, form, constant) }; break;
            case DwarfAttribute.MemberLocation: entry = entry with { MemberOffset = Number(ref cursor, form, constant) }; break;
            case DwarfAttribute.Count: entry = entry with { Count = Number(ref cursor, form, constant) }; break;
            case DwarfAttribute.GoKind: entry = entry with { GoKind = (GoKind)Number(ref cursor, form, constant) }; break;
            case DwarfAttribute.VariableParameter: entry = entry with { IsResult = Number(ref cursor, form, constant) != 0 }; break;
            case DwarfAttribute.StringOffsetsBase: _stringOffsets = (uint)Number(ref cursor, form, constant); break;
            default: Number(ref cursor, form, constant); break;
        }
    }

    /// <summary>Reads a number or a reference (as an offset in the section), or passes over anything else.</summary>
    private long Number(ref DwarfCursor cursor, uint form, long constant)
    {
        switch (form)
        {
            case 0x01: cursor.Take(_addressSize); return 0;                             // addr
            case 0x03: cursor.Take(cursor.UInt16()); return 0;                          // block2
            case 0x04: cursor.Take((int)cursor.UInt32()); return 0;                     // block4
            case 0x05: return cursor.UInt16();                                          // data2
            case 0x06 or 0x17: return cursor.UInt32();                                  // data4, sec_offset
            case 0x07 or 0x20: return (long)cursor.UInt64();                            // data8, ref_sig8
            case 0x08: cursor.SkipText(); return 0;                                     // string
            case 0x09 or 0x18: cursor.Take((int)cursor.Unsigned()); return 0;           // block, exprloc
            case 0x0a: cursor.Take(cursor.Byte()); return 0;                            // block1
            case 0x0b or 0x0c: return cursor.Byte();                                    // data1, flag
            case 0x0d or 0x0f: return (long)cursor.Unsigned();                          // sdata (only small ones matter), udata
            case 0x0e or 0x1f: return cursor.UInt32();                                  // strp, line_strp
            case 0x10: return cursor.UInt32();                                          // ref_addr
            case 0x11: return Start + cursor.Byte();                                    // ref1
            case 0x12: return Start + cursor.UInt16();                                  // ref2
            case 0x13: return Start + cursor.UInt32();                                  // ref4
            case 0x14: return Start + (long)cursor.UInt64();                            // ref8
            case 0x15: return Start + (long)cursor.Unsigned();                          // ref_udata
            case 0x19: return 1;                                                        // flag_present
            case 0x1a or 0x1b or 0x22 or 0x23: return (long)cursor.Unsigned();          // strx, addrx, loclistx, rnglistx
            case 0x1e: cursor.Take(16); return 0;                                       // data16
            case 0x21: return constant;                                                 // implicit_const
            case 0x25 or 0x29: return cursor.Byte();                                    // strx1, addrx1
            case 0x26 or 0x2a: return cursor.UInt16();                                  // strx2, addrx2
            case 0x28 or 0x2c: return cursor.UInt32();                                  // strx4, addrx4
            default: throw new ElfException($"the debug data uses a form that is not known (0x{form:x})", cursor.Position);
        }
    }

    private DwarfText Text(ref DwarfCursor cursor, uint form)
    {
        int at = cursor.Position;
        long number = Number(ref cursor, form, 0);
        return form switch
        {
            0x08 => new(_sections.Info, at),
            0x0e => new(_sections.Strings, (int)number),
            0x1f => new(_sections.LineStrings, (int)number),
            0x1a or 0x25 or 0x26 or 0x28 when _stringOffsets is { } table => new(_sections.Strings, (int)new DwarfCursor(_sections.StringOffsets, (int)(table + (4 * number))).UInt32()),
            _ => default,
        };
    }
}

/// <summary>The attributes that are read (DW_AT_*; the last is Go's own, cmd/internal/dwarf).</summary>
internal enum DwarfAttribute : uint
{
    Name = 0x03,
    ByteSize = 0x0b,
    Count = 0x37,
    MemberLocation = 0x38,
    Type = 0x49,
    VariableParameter = 0x4b,
    StringOffsetsBase = 0x72,
    GoKind = 0x2900,
}

/// <summary>A text where it lies.</summary>
internal readonly record struct DwarfText(byte[]? Section, int Offset)
{
    public ReadOnlySpan<byte> Bytes => Section is null ? default : DwarfCursor.TextAt(Section, Offset);

    public override string ToString() => DwarfCursor.Text(Bytes);
}

/// <summary>One entry, as far as it matters here.</summary>
/// <param name="Offset">Its offset in the section.</param>
/// <param name="Tag">DW_TAG_*.</param>
/// <param name="HasChildren">Whether its children follow.</param>
internal readonly record struct DwarfEntry(int Offset, uint Tag, bool HasChildren)
{
    public const uint ArrayTag = 0x01, ParameterTag = 0x05, MemberTag = 0x0d, PointerTag = 0x0f, StructTag = 0x13, TypedefTag = 0x16, SubrangeTag = 0x21, FunctionTag = 0x2e;

    public DwarfText NameAt { get; init; }

    public long ByteSize { get; init; }

    public long Type { get; init; }

    public long MemberOffset { get; init; }

    public long Count { get; init; }

    public GoKind GoKind { get; init; }

    public bool IsResult { get; init; }
}

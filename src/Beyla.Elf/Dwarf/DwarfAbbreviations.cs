namespace Beyla.Elf.Dwarf;

/// <summary>What entries of one kind look like: tag, whether children follow, attributes with their forms.</summary>
internal sealed record DwarfAbbreviation(uint Tag, bool HasChildren, (uint Name, uint Form, long Constant)[] Attributes)
{
    private const uint ImplicitConstant = 0x21;

    /// <summary>Reads the table of a unit.</summary>
    public static Dictionary<ulong, DwarfAbbreviation> ReadTable(byte[] section, int offset)
    {
        Dictionary<ulong, DwarfAbbreviation> table = [];
        DwarfCursor cursor = new(section, offset);
        while (cursor.Unsigned() is not 0 and ulong code)
        {
            uint tag = (uint)cursor.Unsigned();
            bool children = cursor.Byte() != 0;
            List<(uint, uint, long)> attributes = [];
            while (true)
            {
                (uint name, uint form) = ((uint)cursor.Unsigned(), (uint)cursor.Unsigned());
                long constant = form == ImplicitConstant ? (long)cursor.Unsigned() : 0;
                if (name == 0 && form == 0) break;
                attributes.Add((name, form, constant));
            }
            table[code] = new DwarfAbbreviation(tag, children, [.. attributes]);
        }
        return table;
    }
}

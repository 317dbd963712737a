namespace Beyla.Elf;

/// <summary>The entries of PT_DYNAMIC: what the dynamic loader goes by, present even where sections are not.</summary>
internal sealed class DynamicTable
{
    public const long Needed = 1, Hash = 4, StringTable = 5, SymbolTable = 6, Rela = 7, RelaSize = 8, StringSize = 10, GnuHash = 0x6ffffef5;

    private readonly Dictionary<long, ulong> _entries = [];
    private readonly List<ulong> _needed = [];

    /// <summary>Where in the string table the names of the libraries stand that the file is linked to, in the loader's order.</summary>
    public IReadOnlyList<ulong> NeededNames => _needed;

    /// <summary>Reads the table; an empty one when the file is static.</summary>
    public static DynamicTable Read(IReadOnlyList<ElfSegment> segments, PagedFile file)
    {
        DynamicTable table = new();
        foreach (ElfSegment segment in segments)
        {
            if (segment.Type != ElfSegment.Dynamic)
                continue;
            for (ulong at = 0; at + 16 <= segment.FileSize; at += 16)
            {
                long tag = (long)file.ReadUInt64((long)(segment.Offset + at));
                if (tag == 0)
                    break;
                ulong value = file.ReadUInt64((long)(segment.Offset + at + 8));
                table._entries[tag] = value;
                if (tag == Needed)
                    table._needed.Add(value);
            }
            break;
        }
        return table;
    }

    public ulong this[long tag] => _entries.GetValueOrDefault(tag);
}

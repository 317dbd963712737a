namespace Beyla.Elf;

/// <summary>The entries of PT_DYNAMIC: what the dynamic loader goes by, present even where sections are not.</summary>
internal sealed class DynamicTable
{
    public const long Hash = 4, StringTable = 5, SymbolTable = 6, Rela = 7, RelaSize = 8, StringSize = 10, GnuHash = 0x6ffffef5;

    private readonly Dictionary<long, ulong> _entries = [];

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
                table._entries[tag] = file.ReadUInt64((long)(segment.Offset + at + 8));
            }
            break;
        }
        return table;
    }

    public ulong this[long tag] => _entries.GetValueOrDefault(tag);
}

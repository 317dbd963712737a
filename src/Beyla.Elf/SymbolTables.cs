namespace Beyla.Elf;

/// <summary>Where the two symbol tables are. The dynamic one is found without sections too, as the loader finds it.</summary>
internal static class SymbolTables
{
    /// <summary>.symtab; <see langword="null"/> when stripped.</summary>
    public static SymbolTable? Static(IReadOnlyList<ElfSection> sections, PagedFile file) =>
        FromSection(ElfSection.SymbolTable, sections, file);

    /// <summary>.dynsym, or DT_SYMTAB; <see langword="null"/> when the file is static.</summary>
    public static SymbolTable? Dynamic(
        IReadOnlyList<ElfSection> sections, DynamicTable dynamic, AddressSpace memory, PagedFile file)
    {
        if (FromSection(ElfSection.DynamicSymbolTable, sections, file) is { } table)
            return table;
        ulong symbols = dynamic[DynamicTable.SymbolTable], strings = dynamic[DynamicTable.StringTable];
        ulong stringSize = dynamic[DynamicTable.StringSize];
        if (symbols == 0 || strings == 0)
            return null;
        ulong count = CountSymbols(dynamic, memory);
        if (count > (ulong)file.Length / SymbolTable.EntrySize)
            throw new ElfException("the dynamic symbol table is larger than the file", unchecked((long)symbols));
        return count == 0 ? null : new SymbolTable(
            file, memory.Offset(symbols, count * SymbolTable.EntrySize), (int)count, memory.Offset(strings, stringSize), stringSize);
    }

    private static SymbolTable? FromSection(uint type, IReadOnlyList<ElfSection> sections, PagedFile file)
    {
        foreach (ElfSection section in sections)
        {
            if (section.Type != type || section.Link >= sections.Count)
                continue;
            ElfSection strings = sections[(int)section.Link];
            Check(section, file);
            Check(strings, file);
            int count = (int)Math.Min(section.Size / SymbolTable.EntrySize, int.MaxValue);
            return new SymbolTable(file, (long)section.Offset, count, (long)strings.Offset, strings.Size);
        }
        return null;
    }

    private static void Check(ElfSection section, PagedFile file)
    {
        if (section.Offset > (ulong)file.Length || section.Size > (ulong)file.Length - section.Offset)
            throw new ElfException($"section '{section.Name}' lies outside the file", (long)Math.Min(section.Offset, long.MaxValue));
    }

    /// <summary>No dynamic tag holds the number of symbols; the hash tables imply it.</summary>
    private static ulong CountSymbols(DynamicTable dynamic, AddressSpace memory)
    {
        if (dynamic[DynamicTable.Hash] is > 0 and ulong hash)
            return memory.ReadUInt32(hash + 4);
        return dynamic[DynamicTable.GnuHash] is > 0 and ulong gnu ? CountByGnuHash(gnu, memory) : 0;
    }

    private static ulong CountByGnuHash(ulong table, AddressSpace memory)
    {
        uint buckets = memory.ReadUInt32(table), firstHashed = memory.ReadUInt32(table + 4), bloomWords = memory.ReadUInt32(table + 8);
        ulong bucketsAt = table + 16 + ((ulong)bloomWords * 8);
        memory.Offset(bucketsAt, (ulong)buckets * 4);
        uint last = 0;
        for (uint i = 0; i < buckets; i++)
            last = Math.Max(last, memory.ReadUInt32(bucketsAt + ((ulong)i * 4)));
        if (last < firstHashed)
            return firstHashed;
        ulong chains = bucketsAt + ((ulong)buckets * 4);
        while ((memory.ReadUInt32(chains + ((ulong)(last - firstHashed) * 4)) & 1) == 0)
            last++;
        return (ulong)last + 1;
    }
}

namespace Beyla.Elf;

/// <summary>Finds pclntab and the module data that describes it, by section or, where sections are missing or merged, by their contents.</summary>
internal static class GoTables
{
    private const int MostCandidates = 8;   // each costs a search for its module data

    /// <summary>The two tables; <see langword="null"/> when the file is not a Go program.</summary>
    public static (PclnTable Functions, ModuleData Module)? Find(ElfFile elf)
    {
        // Sections that do not know Go spare other programs the search.
        if (elf.Sections.Count > 0 && !elf.Sections.Any(IsOfGo))
            return null;
        AddressSpace memory = elf.Memory;
        foreach (ElfSection section in elf.Sections.Where(IsPclnTable))
        {
            if (section.Offset > (ulong)elf.Length || PclnTable.TryRead(memory, elf.Machine, (long)section.Offset) is not { } table)
                continue;
            return FindModule(memory, table) is { } module
                ? (table, module)
                : throw new ElfException("no module data describes the Go function table", (long)section.Offset);
        }
        ulong[] magics = [.. Enum.GetValues<PclnFormat>().Select(f => PclnTable.Magic(f, elf.Machine))];
        IEnumerable<ElfSegment> segments = SegmentScan.DataSegments(memory).Concat(memory.Loads.Where(s => s.IsExecutable));
        IEnumerable<PclnTable> candidates = SegmentScan.Find(memory, segments, magics[0], magics[1], magics[2])
            .Select(offset => PclnTable.TryRead(memory, elf.Machine, offset)).OfType<PclnTable>().Take(MostCandidates);
        foreach (PclnTable table in candidates)
        {
            if (FindModule(memory, table) is { } module)
                return (table, module);
        }
        return null;
    }

    private static ModuleData? FindModule(AddressSpace memory, PclnTable table)
    {
        foreach (long offset in SegmentScan.Find(memory, SegmentScan.DataSegments(memory), table.Address, table.Address, table.Address))
        {
            if (ModuleData.TryRead(memory, table, offset) is { } module)
                return module;
        }
        return null;
    }

    private static bool IsPclnTable(ElfSection section) =>
        section.HasFileBytes && section.Name is ".gopclntab" or ".data.rel.ro.gopclntab";

    private static bool IsOfGo(ElfSection section) =>
        section.Name is ".gopclntab" or ".data.rel.ro.gopclntab" or ".go.buildinfo" or ".note.go.buildid" or ".go.module" or ".typelink";
}

namespace Beyla.Elf.Tests.Go;

/// <summary>Runtime variables found by code, against symbols: the program's own, or those of a stripped program's twin.</summary>
public class GoGlobalTests
{
    /// <summary>Names that are symbols, too.</summary>
    private static readonly string[] Symbols =
    [
        GoGlobals.AllGs, GoGlobals.AllGPtr, GoGlobals.AllGLen, GoGlobals.MemStats, GoGlobals.Controller, GoGlobals.Work, GoGlobals.MaxProcs,
    ];

    /// <summary>Fields, and the variable each lies in.</summary>
    private static readonly (string Name, string Variable)[] Fields =
    [
        (GoGlobals.PauseTotal, GoGlobals.MemStats), (GoGlobals.Pauses, GoGlobals.MemStats), (GoGlobals.CollectionCount, GoGlobals.MemStats),
        (GoGlobals.ForcedCollectionCount, GoGlobals.MemStats), (GoGlobals.HeapInUse, GoGlobals.Controller),
    ];

    public static TheoryData<string, BuildKind> Builds => GoFieldTests.Builds;

    public static TheoryData<string> Programs => RealProgramTests.Fetched;

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void FindByCode_OfEveryVariable_IsWhatTheSymbolSays(string version, BuildKind kind)
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", GoToolchain.All.Single(t => t.Version == version), kind));
        using ElfFile plain = ElfFile.Open(GoProgram.Build("http", GoToolchain.All.Single(t => t.Version == version), BuildKind.Plain));
        GoGlobals globals = GoBinary.TryRead(elf)!.Globals;

        foreach (string name in Symbols)
        {
            ulong? found = globals.FindByCode(name, out string? whyNot);
            Assert.True(found is not null, $"{name}: {whyNot}");
            // Stripping moves nothing, so the plain build's symbols say what is right.
            Assert.True((kind == BuildKind.Stripped ? plain : elf).TryFindSymbol(name, out ElfSymbol symbol), name);
            Assert.Equal((name, symbol.Address), (name, found.Value));
            Assert.Equal(found, globals.Find(name, out _));
        }
        foreach ((string name, string variable) in Fields)
        {
            ulong? found = globals.Find(name, out string? whyNot);
            Assert.True(found is not null, $"{name}: {whyNot}");
            ulong start = globals.Find(variable, out _)!.Value;
            Assert.True(plain.TryFindSymbol(variable, out ElfSymbol symbol));
            Assert.InRange(found.Value, start, start + symbol.Size - 4);
        }
        Assert.Equal(globals.Find(GoGlobals.AllGs, out _), GoBinary.TryRead(elf)!.FindAllgs(out string? reason));
        Assert.Null(reason);
    }

    [TheoryNeeds(Needs.Fetched), MemberData(nameof(Programs))]
    public void Find_InProgramsNobodyHereBuilt_MissesOnlyWhatOldRuntimesHaveElsewhere(string path)
    {
        using ElfFile elf = ElfFile.Open(Path.Combine(Repository.Root, path));
        GoBinary go = GoBinary.TryRead(elf)!;

        List<string> missing = [];
        foreach (string name in Symbols.Concat(Fields.Select(f => f.Name)))
        {
            bool found = go.Globals.FindByCode(name, out string? whyNot) is not null;
            Assert.Equal(found, whyNot is null);
            if (!found)
                missing.Add(name);
        }

        Assert.Equal(
            go.Minor switch
            {
                16 => [GoGlobals.AllGPtr, GoGlobals.AllGLen, GoGlobals.MemStats, GoGlobals.Work, GoGlobals.HeapInUse],
                < 19 => [GoGlobals.MemStats, GoGlobals.HeapInUse],
                _ => [],
            },
            missing);
    }

    [TheoryNeeds(Needs.Go), InlineData(BuildKind.Plain), InlineData(BuildKind.Arm64)]
    public void Find_OfWhatNoCodeTells_DependsOnSymbols(BuildKind kind)
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("hello", GoToolchain.All[0], kind));
        GoGlobals globals = GoBinary.TryRead(elf)!.Globals;

        Assert.True(elf.TryFindSymbol("runtime.sched", out ElfSymbol symbol));
        Assert.Equal(symbol.Address, globals.Find("runtime.sched", out string? whyNot));
        Assert.Null(whyNot);
        Assert.Null(globals.Find("runtime.noSuchVariable", out whyNot));
        Assert.Contains(kind == BuildKind.Plain ? "no symbol runtime.noSuchVariable" : "x86-64", whyNot, StringComparison.Ordinal);
        Assert.Equal(kind == BuildKind.Plain, globals.FindByCode(GoGlobals.AllGs, out _) is not null);
    }
}

using System.Globalization;

namespace Beyla.Elf.Tests.Go;

/// <summary>Functions against binutils' nm.</summary>
public class GoFunctionTests
{
    private const string Nm = "/usr/bin/nm";
    private const string Abi0 = ".abi0";                       // the linker's mark in .symtab, not in pclntab

    public static TheoryData<string> Toolchains => [.. GoToolchain.All.Select(t => t.Version)];

    [TheoryNeeds(Needs.Go, Nm), MemberData(nameof(Toolchains))]
    public void FindFunctions_EveryTextSymbol_HasTheAddressThatNmSays(string version)
    {
        string path = GoProgram.Build("http", GoToolchain.All.Single(t => t.Version == version), BuildKind.Plain);
        ILookup<string, ulong> expected = TextSymbols(path);
        using ElfFile elf = ElfFile.Open(path);
        GoBinary go = GoBinary.TryRead(elf)!;

        IReadOnlyDictionary<string, GoFunction> found = go.FindFunctions(expected.Select(s => s.Key).ToHashSet());

        Assert.Superset(NetHttp.Functions.ToHashSet(), found.Keys.ToHashSet());
        Assert.True(found.Count > 3000, $"only {found.Count} functions were compared");
        Assert.Empty(found.Where(f => !expected[f.Key].Contains(f.Value.Address)).Select(f => f.Value));
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Toolchains))]
    public void FunctionNameAt_AnyByteOfAFunction_GivesItsName(string version)
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", GoToolchain.All.Single(t => t.Version == version), BuildKind.Stripped));
        GoBinary go = GoBinary.TryRead(elf)!;

        foreach (GoFunction function in go.FindFunctions(NetHttp.Functions).Values)
        {
            Assert.Equal(function.Name, go.FunctionNameAt(function.Address));
            Assert.Equal(function.Name, go.FunctionNameAt(function.Address + function.Size - 1));
            Assert.NotEqual(function.Name, go.FunctionNameAt(function.Address - 1));
            Assert.NotEqual(function.Name, go.FunctionNameAt(function.Address + function.Size));
        }
        Assert.Null(go.FunctionNameAt(0));
        Assert.Null(go.FunctionNameAt(ulong.MaxValue));
        Assert.Null(go.FunctionNameAt(go.FindType("net/http.Request")!.Value));
    }

    [FactNeeds(Needs.Go)]
    public void FindFunctions_OfAWrappedFunction_GivesTheBody()
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", GoToolchain.All[0], BuildKind.Stripped));
        GoFunction function = GoBinary.TryRead(elf)!.FindFunctions(new HashSet<string> { "runtime.goexit1" })["runtime.goexit1"];

        Assert.True(function.Size > 32, "this is the wrapper between calling conventions");
    }

    [FactNeeds(Needs.Go)]
    public void ReadCode_OfAFunction_IsWhatTheFileHoldsAtItsOffset()
    {
        string path = GoProgram.Build("http", GoToolchain.All[^1], BuildKind.Pie);
        using ElfFile elf = ElfFile.Open(path);
        GoBinary go = GoBinary.TryRead(elf)!;
        GoFunction function = go.FindFunctions(NetHttp.Functions)["net/http.(*conn).serve"];

        Assert.True(elf.TryGetFileOffset(function.Address, out ulong offset));
        Assert.Equal(File.ReadAllBytes(path).AsSpan((int)offset, (int)function.Size).ToArray(), go.ReadCode(function));
        Assert.Throws<ElfException>(() => go.ReadCode(function with { Size = uint.MaxValue }));
        Assert.Throws<ElfException>(() => go.ReadCode(function with { Address = ulong.MaxValue }));
    }

    private static ILookup<string, ulong> TextSymbols(string path) => Command.Run(Nm, [path]).Split('\n')
        .Select(line => line.Split(' ', 3)).Where(p => p.Length == 3 && p[1] is "T" or "t")
        .ToLookup(p => p[2].EndsWith(Abi0, StringComparison.Ordinal) ? p[2][..^Abi0.Length] : p[2], p => ulong.Parse(p[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}

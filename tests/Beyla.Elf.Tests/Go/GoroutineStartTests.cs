namespace Beyla.Elf.Tests.Go;

/// <summary>How the goroutine of a connection begins: its wrapper and where its argument lies.</summary>
public class GoroutineStartTests
{
    private const string Starter = "net/http.(*Server).Serve", Function = "net/http.(*conn).serve";

    public static TheoryData<string, BuildKind> Builds => GoFieldTests.Builds;

    public static TheoryData<string> Programs => RealProgramTests.Fetched;

    /// <summary>32 + 8 above the wrapper, and its frame: 24 bytes and the saved frame pointer, checked against running programs.</summary>
    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void Find_TheServersConnection_GivesWrapperAndPlace(string version, BuildKind kind)
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", GoToolchain.All.Single(t => t.Version == version), kind));

        (GoroutineStart? start, string? whyNot, GoBinary go) = Find(elf);

        Assert.True(start is not null, whyNot);
        Assert.Equal(72, start.Value.ArgumentDepth);
        Assert.StartsWith(Starter + ".", go.FunctionNameAt(start.Value.StartPc), StringComparison.Ordinal);
    }

    [TheoryNeeds(Needs.Fetched), MemberData(nameof(Programs))]
    public void Find_InProgramsNobodyHereBuilt_GivesThePlaceFromGo117On(string path)
    {
        using ElfFile elf = ElfFile.Open(Path.Combine(Repository.Root, path));

        (GoroutineStart? start, string? whyNot, GoBinary go) = Find(elf);

        if (go.Minor < 17)
            Assert.Null(start);
        else
            Assert.True(start?.ArgumentDepth == 72, $"{start} {whyNot}");
    }

    [FactNeeds(Needs.Go)]
    public void Find_AFunctionThatIsNotStartedThere_SaysSo()
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", GoToolchain.All[^1], BuildKind.Plain));
        GoBinary go = GoBinary.TryRead(elf)!;
        IReadOnlyDictionary<string, GoFunction> functions = go.FindFunctions(new HashSet<string> { Starter, "net/http.(*response).finishRequest" });

        Assert.Null(go.FindGoroutineStart(functions[Starter], functions["net/http.(*response).finishRequest"], out string? whyNot));

        Assert.Equal("net/http.(*Server).Serve starts no goroutine for net/http.(*response).finishRequest in a known way", whyNot);
    }

    private static (GoroutineStart?, string?, GoBinary) Find(ElfFile elf)
    {
        GoBinary go = GoBinary.TryRead(elf)!;
        IReadOnlyDictionary<string, GoFunction> functions = go.FindFunctions(new HashSet<string> { Starter, Function });
        return (go.FindGoroutineStart(functions[Starter], functions[Function], out string? whyNot), whyNot, go);
    }
}

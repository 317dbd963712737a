using Beyla.Elf.Tests.Dwarf;

namespace Beyla.Elf.Tests.Go;

/// <summary>Field offsets and itabs against DWARF, against each other over ways to build, and on programs nobody here wrote.</summary>
public class GoFieldTests
{
    public static TheoryData<string> Toolchains => [.. GoToolchain.All.Select(t => t.Version)];

    public static TheoryData<string, BuildKind> Builds
    {
        get
        {
            TheoryData<string, BuildKind> data = [];
            foreach ((GoToolchain toolchain, BuildKind kind) in GoProgram.Matrix)
                data.Add(toolchain.Version, kind);
            return data;
        }
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Toolchains))]
    public void FindField_EveryStructOfDwarf_HasTheSameOffsets(string version)
    {
        string path = GoProgram.Build("http", Toolchain(version), BuildKind.Plain);
        using ElfFile elf = ElfFile.Open(path);
        GoBinary go = GoBinary.TryRead(elf)!;

        List<string> differences = [];
        (int structs, int fields) = (0, 0);
        foreach (DwarfStruct expected in DwarfStructs.Read(path).Where(IsOfPackage))
        {
            int dot = expected.Name.LastIndexOf('.');
            (string package, string type) = (expected.Name[..dot].Replace("%2e", ".", StringComparison.Ordinal), expected.Name[(dot + 1)..]);
            (string Name, long Offset)[] named = [.. expected.Members.Where(m => m.Name != "_")];
            int?[] found = [.. named.Select(m => go.FindField(package, type, m.Name))];
            if (found.All(f => f is null))
                continue;                                        // not in the type data: the program never looks at it as a value
            structs++;
            fields += named.Length;
            differences.AddRange(named.Zip(found).Where(p => p.First.Offset != p.Second)
                .Select(p => $"{expected.Name}.{p.First.Name}: DWARF {p.First.Offset}, found {p.Second}"));
        }

        Assert.Empty(differences);
        Assert.True(structs > 400 && fields > 1500, $"only {structs} structs with {fields} fields were compared");
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void FindField_OfNetHttp_IsTheSameInEveryBuild(string version, BuildKind kind)
    {
        using ElfFile plain = ElfFile.Open(GoProgram.Build("http", Toolchain(version), BuildKind.Plain));
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", Toolchain(version), kind));
        GoBinary go = GoBinary.TryRead(elf)!;

        Assert.Equal(kind == BuildKind.Stripped, elf.IsStripped);
        Assert.Equal(kind >= BuildKind.Pie, elf.IsPie);
        Assert.StartsWith($"go{version}.", go.Version);
        Assert.Equal(Toolchain(version).Minor, go.Minor);
        string offsets = NetHttp.Offsets(go);
        Assert.DoesNotContain("= ", offsets + " ");
        Assert.Equal(NetHttp.Offsets(GoBinary.TryRead(plain)!), offsets);
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void FindFieldInfo_OfAPath_AddsUpTheStructsInBetween(string version, BuildKind kind)
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", Toolchain(version), kind));
        GoBinary go = GoBinary.TryRead(elf)!;
        GoFieldInfo? Find(string package, string type, string path) => go.FindFieldInfo(package, type, path, out _);

        Assert.Equal(new GoFieldInfo(0, GoKind.String, 16), Find("net/http", "Request", "Method"));
        Assert.Equal(new GoFieldInfo(16, GoKind.Pointer, 8), Find("net/http", "Request", "URL"));
        Assert.Equal(new GoFieldInfo(56, GoKind.Map, 8), Find("net/http", "Request", "Header"));
        Assert.Equal(new GoFieldInfo(64, GoKind.Interface, 16), Find("net/http", "Request", "Body"));
        Assert.Equal(GoKind.Slice, Find("net/http", "Request", "TransferEncoding")?.Kind);
        Assert.Equal(GoKind.Bool, Find("net/http", "response", "wroteHeader")?.Kind);
        int scheduling = go.FindField("runtime", "g", "sched")!.Value, counter = go.FindField("runtime", "gobuf", "pc")!.Value;
        Assert.Equal(new GoFieldInfo(scheduling + counter, GoKind.Uintptr, 8), Find("runtime", "g", "sched.pc"));
        Assert.Equal(new GoFieldInfo(0, GoKind.Struct, 8), Find("net", "TCPConn", "conn"));             // embedded by value
        Assert.Equal(new GoFieldInfo(0, GoKind.Pointer, 8), Find("net", "TCPConn", "conn.fd"));
    }

    [FactNeeds(Needs.Go)]
    public void FindFieldInfo_OfWhatIsNotThere_SaysWhy()
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", GoToolchain.All[^1], BuildKind.Stripped));
        GoBinary go = GoBinary.TryRead(elf)!;
        string? WhyNot(string type, string path)
        {
            Assert.Null(go.FindFieldInfo("net/http", type, path, out string? whyNot));
            return whyNot;
        }

        Assert.Equal("net/http.Request.URL is a pointer: Path lies where it points to", WhyNot("Request", "URL.Path"));
        Assert.Equal("net/http.Request.Method is no struct but of kind String: it has no field x", WhyNot("Request", "Method.x"));
        Assert.Equal("net/http.Request has no field Url", WhyNot("Request", "Url"));
        Assert.Equal("net/http.Request has no field ", WhyNot("Request", ""));
        Assert.Equal("the type data has no struct net/http.Requests", WhyNot("Requests", "URL"));
        Assert.Equal("the type data has no struct net/http.Header", WhyNot("Header", "URL"));
        Assert.NotNull(go.FindFieldInfo("net/http", "Request", "URL", out string? none));
        Assert.Null(none);
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void FindMapLayout_OfHeader_HasRoomForEightEntries(string version, BuildKind kind)
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", Toolchain(version), kind));
        GoMapLayout? layout = GoBinary.TryRead(elf)!.FindMapLayout("net/http.Header", out string? whyNot);

        Assert.Null(whyNot);
        bool swiss = Toolchain(version).Minor >= 24;
        Assert.Equal((swiss, 8 + (8 * 40) + (swiss ? 0 : 8)), (layout is GoSwissMapLayout, layout!.GroupSize));
    }

    [FactNeeds(Needs.Go)]
    public void FindMapLayout_OfWhatIsNoMap_SaysWhy()
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", GoToolchain.All[0], BuildKind.Stripped));

        Assert.Null(GoBinary.TryRead(elf)!.FindMapLayout("net/http.Request", out string? whyNot));
        Assert.Equal("the type data has no map type net/http.Request", whyNot);
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void FindItab_OfResponseWriter_IsTheLinkersSymbol(string version, BuildKind kind)
    {
        string path = GoProgram.Build("http", Toolchain(version), kind);
        using ElfFile elf = ElfFile.Open(path);
        GoBinary go = GoBinary.TryRead(elf)!;

        ulong? itab = go.FindItab(NetHttp.Response, NetHttp.ResponseWriter);

        Assert.NotNull(itab);
        Assert.Equal(go.FindType(NetHttp.Response), elf.Memory.ReadUInt64(itab.Value + 8));
        Assert.Equal(go.FindType(NetHttp.ResponseWriter), elf.Memory.ReadUInt64(itab.Value));
        string[] names = ["go.itab.*net/http.response,net/http.ResponseWriter", "go:itab.*net/http.response,net/http.ResponseWriter"];
        if (names.Any(n => elf.TryFindSymbol(n, out _)))           // external linking leaves such symbols out
            Assert.Contains(names, n => elf.TryFindSymbol(n, out ElfSymbol symbol) && symbol.Address == itab);
        Assert.Null(go.FindItab(NetHttp.Response, "net/http.Pusher"));
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void TryRead_WithoutSectionTable_FindsTheSame(string version, BuildKind kind)
    {
        string path = GoProgram.Build("http", Toolchain(version), kind);
        using TemporaryFile bare = TemporaryFile.CopyOf(path);
        bare.Write(40, new byte[8]);                              // e_shoff
        bare.Write(60, new byte[4]);                              // e_shnum, e_shstrndx
        using ElfFile elf = ElfFile.Open(path), stripped = ElfFile.Open(bare.Path);
        GoBinary expected = GoBinary.TryRead(elf)!, go = GoBinary.TryRead(stripped)!;

        Assert.Empty(stripped.Sections);
        Assert.Equal(expected.Version, go.Version);
        Assert.Equal(NetHttp.Offsets(expected), NetHttp.Offsets(go));
        Assert.Equal(expected.FindItab(NetHttp.Response, NetHttp.ResponseWriter), go.FindItab(NetHttp.Response, NetHttp.ResponseWriter));
        Assert.Equal(expected.FindFunctions(NetHttp.Functions), go.FindFunctions(NetHttp.Functions));
        Assert.Equal(elf.DynamicSymbols, stripped.DynamicSymbols);
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Toolchains))]
    public void Minor_WithoutBuildInfo_IsTheLowestOfTheLayout(string version)
    {
        using TemporaryFile wiped = BuildInfoWiped(GoProgram.Build("http", Toolchain(version), BuildKind.Stripped));
        using ElfFile elf = ElfFile.Open(wiped.Path);
        GoBinary go = GoBinary.TryRead(elf)!;

        Assert.Null(go.Version);
        Assert.Equal(Toolchain(version).Minor switch { >= 20 and < 24 => 20, 25 => 24, int minor => minor }, go.Minor);
        Assert.DoesNotContain("= ", NetHttp.Offsets(go) + " ");
    }

    [TheoryNeeds(Needs.Go), InlineData(BuildKind.Arm64), InlineData(BuildKind.Arm64Pie)]
    public void TryRead_OfAnArm64Program_FindsWhatItsAmd64TwinHas(BuildKind kind)
    {
        using ElfFile twin = ElfFile.Open(GoProgram.Build("hello", GoToolchain.All[0], BuildKind.Plain));
        using ElfFile elf = ElfFile.Open(GoProgram.Build("hello", GoToolchain.All[0], kind));
        (GoBinary expected, GoBinary go) = (GoBinary.TryRead(twin)!, GoBinary.TryRead(elf)!);

        Assert.Equal((ElfMachine.Aarch64, kind == BuildKind.Arm64Pie), (elf.Machine, elf.IsPie));
        Assert.Equal(24, go.FindField("main", "greeting", "next"));
        Assert.NotNull(expected.FindField("runtime", "g", "goid"));
        Assert.Equal(expected.FindField("runtime", "g", "goid"), go.FindField("runtime", "g", "goid"));
        ulong itab = go.FindItab("*main.greeting", "main.greeter")!.Value;
        Assert.Equal(go.FindType("*main.greeting"), elf.Memory.ReadUInt64(itab + 8));
        GoFunction greet = go.FindFunctions(new HashSet<string> { "main.(*greeting).greet" }).Values.Single();
        Assert.Equal(0u, greet.Size % 4);
        Assert.Equal(greet.Name, go.FunctionNameAt(elf.Memory.ReadUInt64(itab + 24)));      // the itab's first method
    }

    internal static TemporaryFile BuildInfoWiped(string path)
    {
        TemporaryFile wiped = TemporaryFile.CopyOf(path);
        using ElfFile elf = ElfFile.Open(path);
        wiped.Write((long)elf.Sections.Single(s => s.Name == ".go.buildinfo").Offset, new byte[32]);
        return wiped;
    }

    private static bool IsOfPackage(DwarfStruct s) =>
        s.Name.LastIndexOf('.') > 0 && !s.Name.AsSpan().ContainsAny("<[{ *") && s.Members.Any(m => m.Name != "_");

    private static GoToolchain Toolchain(string version) => GoToolchain.All.Single(t => t.Version == version);
}

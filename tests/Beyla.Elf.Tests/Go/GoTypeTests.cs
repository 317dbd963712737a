using System.Text;
using Beyla.Elf.Sites;
using Iced.Intel;

namespace Beyla.Elf.Tests.Go;

/// <summary>Types by name: every named type and every pointer to one, in programs of every Go and in programs nobody here wrote.</summary>
public class GoTypeTests
{
    public static TheoryData<string, BuildKind> Builds => GoFieldTests.Builds;

    public static TheoryData<string> Programs => RealProgramTests.Fetched;

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void FindType_OfEveryNamedTypeAndPointer_IsTheDescriptorThatTheWalkMeets(string version, BuildKind kind) =>
        CheckAll(GoProgram.Build("http", GoToolchain.All.Single(t => t.Version == version), kind));

    [TheoryNeeds(Needs.Fetched), MemberData(nameof(Programs))]
    public void FindType_InProgramsNobodyHereBuilt_IsTheDescriptorThatTheWalkMeets(string path) =>
        CheckAll(Path.Combine(Repository.Root, path));

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void FindType_OfAContextsType_IsWhatTheCodeAllocates(string version, BuildKind kind)
    {
        using ElfFile elf = ElfFile.Open(GoProgram.Build("http", GoToolchain.All.Single(t => t.Version == version), kind));

        Assert.True(Refers(elf, "context.WithValue", "context.valueCtx"));
    }

    [TheoryNeeds(Needs.Fetched), MemberData(nameof(Programs))]
    public void FindType_OfGrpcsContextKey_IsWhatTheCodeAsksTheContextFor(string path)
    {
        using ElfFile elf = ElfFile.Open(Path.Combine(Repository.Root, path));

        const string Key = "google.golang.org/grpc/metadata.mdIncomingKey";
        bool? refers = Refers(elf, "google.golang.org/grpc/metadata.FromIncomingContext", Key)
            ?? Refers(elf, "google.golang.org/grpc/internal/transport.(*http2Server).operateHeaders", Key);     // where it was inlined
        Assert.NotEqual(false, refers);
        if (path.EndsWith("etcd", StringComparison.Ordinal))
            Assert.True(refers, "etcd serves gRPC");
    }

    /// <summary>Whether a function's code holds the address of a type; <see langword="null"/> without the function.</summary>
    private static bool? Refers(ElfFile elf, string function, string type)
    {
        GoBinary go = GoBinary.TryRead(elf)!;
        if (!go.FindFunctions(new HashSet<string> { function }).TryGetValue(function, out GoFunction found))
            return null;
        FunctionBody body = FunctionBody.Decode(new FunctionCode(found.Name, found.Address, go.ReadCode(found), _ => null));
        ulong? address = go.FindType(type);
        return Enumerable.Range(0, body.Count).Any(i => body[i].Mnemonic == Mnemonic.Lea && body[i].IPRelativeMemoryAddress == address);
    }

    private static void CheckAll(string path)
    {
        using ElfFile elf = ElfFile.Open(path);
        GoBinary go = GoBinary.TryRead(elf)!;
        TypeReader types = new(elf.Memory, GoTables.Find(elf)!.Value.Module.Types!);
        GoType[] all = [.. new TypeWalk(types).Types()];
        ILookup<string, ulong> named = all.Where(t => t.IsNamed && !IsShape(types, t)).ToLookup(t => FullName(types, t), t => t.Address);
        ILookup<string, ulong> pointers = all.Where(t => t is { Kind: GoKind.Pointer, IsNamed: false })
            .Select(t => (t.Address, Element: types.Read(elf.Memory.ReadUInt64(t.Address + TypeReader.HeaderSize))))
            .Where(p => p.Element.IsNamed && !IsShape(types, p.Element)).ToLookup(p => "*" + FullName(types, p.Element), p => p.Address);

        List<string> wrong = [];
        foreach (IGrouping<string, ulong> type in named.Concat(pointers))
        {
            ulong? expected = type.Count() == 1 ? type.First() : null;
            if (go.FindType(type.Key) != expected)
                wrong.Add($"{type.Key}: {go.FindType(type.Key):x}, expected {expected:x} of {type.Count()}");
        }
        Assert.Empty(wrong);
    }

    /// <summary>Made by the compiler for generic code; their names are type literals.</summary>
    private static bool IsShape(TypeReader types, GoType type) => types.PackagePath(type).SequenceEqual("go.shape"u8);

    private static string FullName(TypeReader types, GoType type)
    {
        string package = Encoding.UTF8.GetString(types.PackagePath(type)), name = Encoding.UTF8.GetString(types.NameInPackage(type));
        return package.Length == 0 ? name : $"{package}.{name}";
    }
}

using System.Globalization;

namespace Beyla.Elf.Tests;

/// <summary>Headers, notes and symbols of the machine's own programs, against binutils.</summary>
public class ElfFileTests
{
    private const string Nm = "/usr/bin/nm", ReadElf = "/usr/bin/readelf";
    private static readonly string Prometheus = Path.Combine(Repository.Targets, "bookworm", "prometheus");

    private static string LibC { get; } =
        Directory.GetDirectories("/lib").Select(d => Path.Combine(d, "libc.so.6")).FirstOrDefault(File.Exists) ?? "/lib/libc.so.6";

    [FactNeeds(Nm)]
    public void DynamicSymbols_OfLibC_AreThoseOfNm()
    {
        using ElfFile elf = ElfFile.Open(LibC);
        var expected = Command.Run(Nm, ["-D", "--without-symbol-versions", LibC]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();

        Assert.Equal(expected.Select(p => p[^1]).Order(StringComparer.Ordinal), elf.DynamicSymbols.Select(s => s.Name).Order(StringComparer.Ordinal));
        string[] malloc = expected.Single(p => p[^1] == "malloc");
        Assert.True(elf.TryFindSymbol("malloc", out ElfSymbol symbol));
        Assert.Equal(ulong.Parse(malloc[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), symbol.Address);
        Assert.Equal((ElfSymbolType.Function, true), (symbol.Type, symbol.IsDefined));
        Assert.False(elf.TryFindSymbol("no_such_symbol", out _));
    }

    [Fact]
    public void DynamicSymbols_WithoutSectionTable_AreTheSame()
    {
        using TemporaryFile bare = TemporaryFile.CopyOf(LibC);
        bare.Write(40, new byte[8]);
        bare.Write(60, new byte[4]);
        using ElfFile elf = ElfFile.Open(LibC), stripped = ElfFile.Open(bare.Path);

        Assert.Empty(stripped.Sections);
        Assert.Equal(elf.DynamicSymbols, stripped.DynamicSymbols);
        Assert.Equal(elf.BuildId, stripped.BuildId);
    }

    [FactNeeds(ReadElf, Needs.Fetched)]
    public void BuildIds_OfPrometheus_AreThoseOfReadElf()
    {
        using ElfFile elf = ElfFile.Open(Prometheus);
        string notes = Command.Run(ReadElf, ["-n", Prometheus]);

        Assert.Contains($"Build ID: {elf.BuildId}\n", notes, StringComparison.Ordinal);
        Assert.Matches("^[^/]+/[^/]+/[^/]+/[^/]+$", elf.GoBuildId);
        Assert.Equal((ElfMachine.X86_64, false, true), (elf.Machine, elf.IsPie, elf.IsStripped));
    }

    [FactNeeds(ReadElf)]
    public void NeededLibraries_OfPrograms_AreThoseOfReadElf()
    {
        foreach (string program in new[] { "/usr/bin/apt", "/bin/ls", LibC }.Where(File.Exists))
        {
            using ElfFile elf = ElfFile.Open(program);
            IEnumerable<string> expected = Command.Run(ReadElf, ["-dW", program]).Split('\n')
                .Where(line => line.Contains("(NEEDED)", StringComparison.Ordinal)).Select(line => line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..line.IndexOf(']', StringComparison.Ordinal)]);

            Assert.Equal(expected, elf.NeededLibraries);
        }
    }

    [Fact]
    public void Exports_OnlyDefinedDynamicSymbols()
    {
        using ElfFile elf = ElfFile.Open(LibC), program = ElfFile.Open("/bin/ls");

        Assert.True(elf.Exports("malloc"));
        Assert.False(program.Exports("malloc"));
        Assert.Contains(program.DynamicSymbols, s => s is { Name: "malloc", IsDefined: false });
    }

    [Fact]
    public void FindTexts_WithAndWithoutSections_AreTheSame()
    {
        byte[][] texts = [.. new[] { "GNU C Library", "no such text in it", "/etc/passwd" }.Select(System.Text.Encoding.ASCII.GetBytes)];
        using TemporaryFile bare = TemporaryFile.CopyOf(LibC);
        bare.Write(40, new byte[8]);
        bare.Write(60, new byte[4]);
        using ElfFile elf = ElfFile.Open(LibC), stripped = ElfFile.Open(bare.Path);

        Assert.Equal([true, false, true], elf.FindTexts(texts));
        Assert.Equal([true, false, true], stripped.FindTexts(texts));
    }

    [Fact]
    public void TryRead_OfALibraryThatIsNotGo_IsNull()
    {
        using ElfFile elf = ElfFile.Open(LibC);

        Assert.Null(GoBinary.TryRead(elf));
    }

    [Fact]
    public void TryGetFileOffset_OfAnAddressWithoutFileBytes_IsFalse()
    {
        using ElfFile elf = ElfFile.Open(LibC);
        ElfSegment data = elf.Segments.First(s => s.IsLoad && s.MemorySize > s.FileSize);

        Assert.True(elf.TryGetFileOffset(data.Address, out ulong offset));
        Assert.Equal(data.Offset, offset);
        Assert.False(elf.TryGetFileOffset(data.Address + data.FileSize, out _));
        Assert.False(elf.TryGetFileOffset(ulong.MaxValue, out _));
    }

    [Fact]
    public void Read_PastTheEnd_ThrowsWithTheOffset()
    {
        using ElfFile elf = ElfFile.Open(LibC);

        ElfException e = Assert.Throws<ElfException>(() => elf.Read((ulong)elf.Length - 3, new byte[4]));
        Assert.Equal(elf.Length - 3, e.Offset);
        Assert.Throws<ElfException>(() => elf.Read(ulong.MaxValue, new byte[4]));
    }

    [Theory]
    [InlineData("", "too short")]
    [InlineData("#!/bin/sh\n", "ELF magic")]
    [InlineData("\u007fELF\u0001\u0001\u0001", "64-bit")]
    public void Open_OfSomethingElse_SaysWhatIsWrong(string start, string reason)
    {
        using TemporaryFile file = new();
        file.Write(0, System.Text.Encoding.Latin1.GetBytes(start.Length == 0 ? "" : start.PadRight(100, '\0')));

        ElfException e = Assert.Throws<ElfException>(() => ElfFile.Open(file.Path));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}

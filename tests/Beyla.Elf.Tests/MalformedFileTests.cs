using System.Buffers.Binary;
using System.Diagnostics;
using Beyla.Elf.Tests.Go;

namespace Beyla.Elf.Tests;

/// <summary>
/// Damaged copies of real programs: reading one gives an answer or an <see cref="ElfException"/>, soon, and in bounded memory. The damage is
/// aimed at bytes that are parsed. Seeds are fixed, so a failure repeats.
/// </summary>
public class MalformedFileTests
{
    private const int Mutations = 550, Truncations = 130;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);        // a case takes 5 ms; the machine may be busy

    public static TheoryData<string, BuildKind> Programs
    {
        get
        {
            TheoryData<string, BuildKind> data = [];
            if (GoToolchain.All is [var oldest, .., var newest])
            {
                data.Add(oldest.Version, BuildKind.Stripped);
                data.Add(oldest.Version, BuildKind.Pie);
                data.Add(newest.Version, BuildKind.Plain);
                data.Add(newest.Version, BuildKind.PieExternal);
            }
            else if (GoToolchain.All is [var only])
            {
                data.Add(only.Version, BuildKind.Pie);
            }
            return data;
        }
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Programs))]
    public void Read_OfDamagedTables_EndsInAnAnswerOrAnElfException(string version, BuildKind kind)
    {
        using TemporaryFile copy = CopyOfHello(version, kind);
        Region[] regions = ParsedRegions(copy.Path);
        Random random = new(20261121 + (int)kind);
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            List<(long Offset, byte[] Old)> undo = [];
            for (int k = random.Next(1, 4); k > 0; k--)
                undo.Insert(0, Damage(copy, regions[random.Next(regions.Length)], random));
            refused += ReadEverything(copy.Path, $"mutation {i}") ? 0 : 1;
            foreach ((long offset, byte[] old) in undo)
                copy.Write(offset, old);
        }

        Assert.True(ReadEverything(copy.Path, "the repaired file"), "the damage was not undone");
        Assert.InRange(refused, Mutations / 20, Mutations);       // or the damage would miss what is parsed
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Programs))]
    public void Read_OfATruncatedFile_EndsInAnAnswerOrAnElfException(string version, BuildKind kind)
    {
        using TemporaryFile copy = CopyOfHello(version, kind);
        Random random = new(7);
        long length = new FileInfo(copy.Path).Length;
        for (int i = 0; i < Truncations; i++)
        {
            length = i < Truncations / 2 ? (long)(length * (0.9 + (random.NextDouble() * 0.1))) : random.NextInt64(length);
            if (length < 16)
                break;
            copy.SetLength(length);
            ReadEverything(copy.Path, $"truncation to {length}");
        }
        copy.SetLength(0);
        Assert.Throws<ElfException>(() => ElfFile.Open(copy.Path));
    }

    /// <summary>Whether it was read without an <see cref="ElfException"/>. Other exceptions pass through and fail the test.</summary>
    private static bool ReadEverything(string path, string what)
    {
        Stopwatch time = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool read = true;
        try
        {
            using ElfFile elf = ElfFile.Open(path);
            read = Try(() => (elf.BuildId, elf.GoBuildId, elf.IsStripped))
                & Try(() => elf.TryFindSymbol("main.main", out _))
                & Try(() => elf.DynamicSymbols.Count())
                & Try(() => ReadGo(elf));
        }
        catch (ElfException e)
        {
            Assert.NotEmpty(e.Message);
            read = false;
        }
        Assert.True(time.Elapsed < Deadline, $"{what} took {time.Elapsed}");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < (32L << 20) + (16 * new FileInfo(path).Length), $"{what} allocated {allocated >> 20} MiB");
        return read;
    }

    private static readonly string[] Globals =
    [
        GoGlobals.AllGs, GoGlobals.AllGPtr, GoGlobals.AllGLen, GoGlobals.MemStats, GoGlobals.Controller, GoGlobals.Work, GoGlobals.HeapInUse,
        GoGlobals.PauseTotal, GoGlobals.MaxProcs,
    ];

    private static void ReadGo(ElfFile elf)
    {
        if (GoBinary.TryRead(elf) is not { } go)
            throw new ElfException("not a Go program any more", 0);
        bool read = Try(() => go.Minor)
            & Try(() => go.FindField("main", "greeting", "next"))
            & Try(() => go.FindField("runtime", "g", "goid"))
            & Try(() => go.FindItab("*main.greeting", "main.greeter"))
            & Try(() => go.FindType("*main.greeting"))
            & Try(() => go.FindFieldInfo("runtime", "g", "sched.pc", out _))
            & Try(() => go.UsesSwissMaps)
            & Try(() => go.FindMapLayout("main.names", out _))
            & Try(() => Globals.Select(name => go.Globals.FindByCode(name, out _)).Count(a => a is not null))
            & Try(() => go.FindAllgs(out _))
            & Try(() =>
            {
                foreach (GoFunction function in go.FindFunctions(new HashSet<string> { "main.main", "main.(*greeting).greet", "runtime.main" }).Values)
                {
                    go.FunctionNameAt(function.Address);
                    go.ReadCode(function);
                }
            });
        if (!read)
            throw new ElfException("a part was refused", 0);
    }

    private static bool Try<T>(Func<T> read) => Try(() => { read(); });

    private static bool Try(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (ElfException)
        {
            return false;
        }
    }

    private static (long, byte[]) Damage(TemporaryFile file, Region region, Random random)
    {
        long length = new FileInfo(file.Path).Length;
        byte[] bytes;
        long offset = region.Offset + random.NextInt64(region.Size);
        if (random.Next(2) == 0)
        {
            bytes = [(byte)(random.Next(3) switch { 0 => 0, 1 => 0xff, _ => random.Next(256) })];
        }
        else
        {
            ulong[] values = [0, 1, 7, (ulong)length, (ulong)length - 1, uint.MaxValue, int.MaxValue, ulong.MaxValue, 1UL << 63, 0x400000, (ulong)random.NextInt64()];
            bytes = new byte[random.Next(2) == 0 ? 4 : 8];
            ulong value = values[random.Next(values.Length)];
            if (bytes.Length == 8)
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
            offset = Math.Min(offset & -bytes.Length, length - bytes.Length);
        }
        byte[] old = new byte[bytes.Length];
        using (FileStream stream = File.OpenRead(file.Path))
        {
            stream.Position = offset;
            stream.ReadExactly(old);
        }
        file.Write(offset, bytes);
        return (offset, old);
    }

    /// <summary>Where the reader looks: headers, function table, module data, types, relocations, symbols, build info, and code.</summary>
    private static Region[] ParsedRegions(string path)
    {
        using ElfFile elf = ElfFile.Open(path);
        (PclnTable functions, ModuleData module) = GoTables.Find(elf)!.Value;
        long header = elf.Memory.Offset(functions.Address, 72);
        // A position-independent file has no pointer in place that a scan of it could find, hence through the relocations.
        long moduleData = SegmentScan.Find(elf.Memory, SegmentScan.DataSegments(elf.Memory), functions.Address, functions.Address, functions.Address)
            .First(o => ModuleData.TryRead(elf.Memory, functions, o) is not null);
        TypeSection types = module.Types!;
        byte[] fileHeader = new byte[64];
        elf.Read(0, fileHeader);
        List<Region> regions =
        [
            new(0, 64), new(64, 56 * elf.Segments.Count), new(BinaryPrimitives.ReadInt64LittleEndian(fileHeader.AsSpan(40)), 64 * elf.Sections.Count),
            new(header, 72), new(header, 72), new(functions.FunctionsOffset, functions.FunctionCount * functions.EntrySize),
            new(functions.FunctionsOffset + (functions.FunctionCount * functions.EntrySize), functions.FunctionCount * 40), new(functions.NamesOffset, functions.NamesSize),
            new(moduleData, 52 * 8), new(moduleData, 52 * 8), new(moduleData + (35 * 8), 14 * 8),
            new(elf.Memory.Offset(types.Start, 1), (long)(types.End - types.Start)), new(elf.Memory.Offset(types.Start, 1), (long)(types.End - types.Start)),
            new(elf.Memory.Offset(types.Listing.Address, 1), 512), new(elf.Memory.Offset(types.Itabs.Address, 1), 128),
        ];
        HashSet<string> decoded = ["runtime.allgadd", "runtime.gcMarkTermination", "runtime.gcControllerCommit", "runtime.procresize"];
        regions.AddRange(GoBinary.TryRead(elf)!.FindFunctions(decoded).Values.Select(f => new Region(elf.Memory.Offset(f.Address, f.Size), f.Size)));
        string[] sections = [".go.buildinfo", ".rela", ".rela.dyn", ".dynamic", ".dynsym", ".hash", ".gnu.hash", ".symtab", ".note.go.buildid", ".note.gnu.build-id", ".shstrtab"];
        regions.AddRange(elf.Sections.Where(s => sections.Contains(s.Name) && s.Size > 0).Select(s => new Region((long)s.Offset, (long)s.Size)));
        return [.. regions];
    }

    private static TemporaryFile CopyOfHello(string version, BuildKind kind) =>
        TemporaryFile.CopyOf(GoProgram.Build("hello", GoToolchain.All.Single(t => t.Version == version), kind));

    private readonly record struct Region(long Offset, long Size);
}

using System.Globalization;
using System.Text;

namespace Beyla.Elf.Tests.Go;

/// <summary>
/// What was read off the file holds in the memory of the running program: maps are read back entry by entry, counters are those the runtime
/// reports of itself.
/// </summary>
public class LiveMemoryTests
{
    private const int Waiting = 4;                                 // runtime._Gwaiting

    public static TheoryData<string, BuildKind> Builds
    {
        get
        {
            TheoryData<string, BuildKind> data = [];
            foreach ((GoToolchain toolchain, BuildKind kind) in GoProgram.Matrix.Where(b => b.Kind is BuildKind.Stripped or BuildKind.Pie))
                data.Add(toolchain.Version, kind);
            return data;
        }
    }

    /// <summary>The ways to build maps that the version alone does not tell.</summary>
    public static TheoryData<string, string, bool> Experiments
    {
        get
        {
            TheoryData<string, string, bool> data = [];
            if (GoToolchain.All.Any(t => t.Version == "1.24"))
                data.Add("1.24", "noswissmap", false);
            if (GoToolchain.All.Any(t => t.Version == "1.27"))
                data.Add("1.27", "mapsplitgroup", true);
            return data;
        }
    }

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void FindMapLayout_ReadsBackEveryEntryOfEveryMap(string version, BuildKind kind) =>
        CheckMaps(GoProgram.Build("maps", Toolchain(version), kind), Toolchain(version).Minor >= 24);

    [TheoryNeeds(Needs.FetchedToolchains), MemberData(nameof(Experiments))]
    public void FindMapLayout_OfAnExperimentsMaps_ReadsBackEveryEntryOfEveryMap(string version, string experiment, bool swiss) =>
        CheckMaps(GoProgram.Build("maps", Toolchain(version), BuildKind.Stripped, experiment), swiss);

    [TheoryNeeds(Needs.Go), MemberData(nameof(Builds))]
    public void Globals_HoldWhatTheRuntimeSaysOfItself(string version, BuildKind kind)
    {
        string path = GoProgram.Build("maps", Toolchain(version), kind);
        using ElfFile elf = ElfFile.Open(path);
        GoBinary go = GoBinary.TryRead(elf)!;
        using LiveProgram program = new(path, "goroutines");
        string[] words = program.Lines[^1].Split(' ');
        Dictionary<string, ulong> said = words.Chunk(2).ToDictionary(p => p[0], p => ulong.Parse(p[1], CultureInfo.InvariantCulture));
        ulong At(string name) => program.LoadBias + go.Globals.FindByCode(name, out _)!.Value;

        ulong goroutines = At(GoGlobals.AllGs);
        (ulong array, ulong length) = (program.Word(goroutines), program.Word(goroutines + 8));
        Assert.Equal((array, length), (program.Word(At(GoGlobals.AllGPtr)), program.Word(At(GoGlobals.AllGLen))));
        Assert.InRange(program.Word(goroutines + 16), length, length * 4);
        ulong[] all = [.. Enumerable.Range(0, (int)length).Select(i => program.Word(array + ((ulong)i * 8)))];
        ulong Field(string name) => (ulong)go.FindField("runtime", "g", name)!.Value;
        Assert.Equal(all.Length, all.Select(g => program.Word(g + Field("goid"))).Distinct().Count());
        Assert.InRange(all.Count(g => program.HalfWord(g + Field("atomicstatus")) == Waiting), (int)said["goroutines"] - 1, all.Length);

        Assert.Equal((uint)said["procs"], program.HalfWord(At(GoGlobals.MaxProcs)));
        Assert.Equal((uint)said["gc"], program.HalfWord(At(GoGlobals.CollectionCount)));
        Assert.Equal((uint)said["forced"], program.HalfWord(At(GoGlobals.ForcedCollectionCount)));
        Assert.Equal(said["pause"], program.Word(At(GoGlobals.PauseTotal)));
        ulong[] pauses = [.. Enumerable.Range(0, (int)said["gc"]).Select(i => program.Word(At(GoGlobals.Pauses) + ((ulong)i * 8)))];
        Assert.Equal(said["pause"], pauses.Aggregate((a, b) => a + b));
        Assert.InRange(program.Word(At(GoGlobals.HeapInUse)), said["inuse"] / 2, said["inuse"] * 2);
        Assert.Equal(100u, program.HalfWord(At(GoGlobals.Controller)));            // GOGC was not set
        Assert.Equal((ulong)long.MaxValue, program.Word(At(GoGlobals.Controller) + 8));
    }

    private static void CheckMaps(string path, bool swiss)
    {
        using ElfFile elf = ElfFile.Open(path);
        GoBinary go = GoBinary.TryRead(elf)!;
        GoMapLayout? layout = go.FindMapLayout("main.header", out string? whyNot);
        Assert.True(layout is not null, whyNot);
        using LiveProgram program = new(path, "goroutines");

        Assert.Equal((swiss, swiss), (go.UsesSwissMaps, layout is GoSwissMapLayout));
        foreach (string[] map in program.Lines.Where(l => l.StartsWith("map", StringComparison.Ordinal)).Select(l => l.Split(' ')))
        {
            ulong header = ulong.Parse(map[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            int count = int.Parse(map[2], CultureInfo.InvariantCulture);
            List<string> entries = [.. GoMapReader.Entries(program, layout, header)];

            Assert.Equal(count, (int)program.Word(header + (ulong)layout.CountOffset));
            Assert.Equal(count, entries.Distinct().Count());
            Assert.Equal(count, entries.Count);
            Assert.All(entries, e => Assert.Matches("^key-([0-9]+)=value-\\1,second$", e));
        }
    }

    private static GoToolchain Toolchain(string version) => GoToolchain.All.Single(t => t.Version == version);

    /// <summary>Reads maps of string to []string as a BPF program would, from nothing but the layout.</summary>
    private static class GoMapReader
    {
        public static IEnumerable<string> Entries(LiveProgram program, GoMapLayout layout, ulong header) => layout switch
        {
            GoBucketMapLayout buckets => Buckets(program, buckets, header)
                .SelectMany(b => Slots(program, layout, b, control => control >= GoBucketMapLayout.LowestUsed)),
            GoSwissMapLayout swiss => Groups(program, swiss, header).SelectMany(g => Slots(program, layout, g, control => control < 0x80)),
            _ => throw new InvalidOperationException(),
        };

        private static IEnumerable<ulong> Buckets(LiveProgram program, GoBucketMapLayout layout, ulong header)
        {
            int b = program.Read(header + (ulong)layout.BOffset, 1)[0];
            ulong current = program.Word(header + (ulong)layout.BucketsOffset), old = program.Word(header + (ulong)layout.OldBucketsOffset);
            foreach ((ulong array, int shift) in ((ulong, int)[])[(current, b), (old, Math.Max(0, b - 1))])
            {
                for (ulong i = 0; array != 0 && i < 1UL << shift; i++)
                {
                    ulong bucket = array + (i * (ulong)layout.GroupSize);
                    for (; bucket != 0; bucket = program.Word(bucket + (ulong)layout.OverflowOffset))
                        yield return bucket;
                }
            }
        }

        private static IEnumerable<ulong> Groups(LiveProgram program, GoSwissMapLayout layout, ulong header)
        {
            ulong directory = program.Word(header + (ulong)layout.DirectoryOffset);
            ulong length = program.Word(header + (ulong)layout.DirectoryLengthOffset);
            if (length == 0)
                return directory == 0 ? [] : [directory];
            IEnumerable<ulong> tables = Enumerable.Range(0, (int)length).Select(i => program.Word(directory + ((ulong)i * 8))).Distinct();
            return tables.SelectMany(table => Enumerable.Range(0, (int)program.Word(table + (ulong)layout.LengthMaskOffset) + 1)
                .Select(i => program.Word(table + (ulong)layout.GroupsOffset) + (ulong)(i * layout.GroupSize)));
        }

        private static IEnumerable<string> Slots(LiveProgram program, GoMapLayout layout, ulong group, Func<byte, bool> isUsed)
        {
            byte[] control = program.Read(group, GoMapLayout.SlotsPerGroup);
            for (int i = 0; i < control.Length; i++)
            {
                if (!isUsed(control[i]))
                    continue;
                ulong key = group + (ulong)(layout.KeysOffset + (i * layout.KeyStride));
                ulong elem = group + (ulong)(layout.ElemsOffset + (i * layout.ElemStride));
                (ulong values, int length) = (program.Word(elem), (int)program.Word(elem + 8));
                IEnumerable<string> texts = Enumerable.Range(0, length).Select(v => Text(program, values + ((ulong)v * 16)));
                yield return $"{Text(program, key)}={string.Join(',', texts)}";
            }
        }

        private static string Text(LiveProgram program, ulong header) =>
            Encoding.UTF8.GetString(program.Read(program.Word(header), (int)program.Word(header + 8)));
    }
}

using Beyla.Elf.Sites;
using Iced.Intel;

namespace Beyla.Elf;

/// <summary>
/// Which runtime function tells where which variable is, and by what. The shapes hold for the code of Go 1.19 to 1.27; a shape that is not
/// there, or is there twice with different addresses, gives nothing.
/// </summary>
internal sealed class GlobalCode(ElfFile elf, GoBinary go)
{
    private const string AddG = "runtime.allgadd", EndOfCollection = "runtime.gcMarkTermination", Resize = "runtime.procresize";
    private const string Refill = "runtime.(*mcache).refill", ReleaseAll = "runtime.(*mcache).releaseAll";
    private const string Commit = "runtime.gcControllerCommit", PutFull = "runtime.putfull";

    // runtime/mstats.go: pause_total_ns, pause_ns [256]uint64, pause_end [256]uint64, numgc, numforcedgc uint32, gc_cpu_fraction,
    // last_gc_nanotime, lastHeapInUse.
    private const ulong PausesAt = 8, CountAt = PausesAt + (2 * 256 * 8), ForcedCountAt = CountAt + 4, LastHeapInUseAt = CountAt + 24;
    private const ulong LargestController = 1024;                  // bytes; 424 in Go 1.19, 392 in 1.27

    private readonly Dictionary<string, GlobalReferences?> _decoded = [];

    private static readonly Dictionary<string, (string Function, Func<GlobalCode, ulong?> Find)> Shapes = new()
    {
        [GoGlobals.AllGs] = (AddG, c => c.AllGs()),
        [GoGlobals.AllGPtr] = (AddG, c => c.AllGCopies()?.Pointer),
        [GoGlobals.AllGLen] = (AddG, c => c.AllGCopies()?.Length),
        [GoGlobals.MemStats] = (Refill, c => c.MemStats()),
        [GoGlobals.Controller] = (Commit, c => c.Controller()),
        [GoGlobals.Work] = (PutFull, c => c.Receiver("runtime.(*lfstack).push", PutFull)),     // its first field, full
        [GoGlobals.PauseTotal] = (EndOfCollection, c => c.PauseTotal()),
        [GoGlobals.Pauses] = (EndOfCollection, c => c.PauseTotal() + PausesAt),
        [GoGlobals.CollectionCount] = (EndOfCollection, c => c.PauseTotal() + CountAt),
        [GoGlobals.ForcedCollectionCount] = (EndOfCollection, c => c.PauseTotal() + ForcedCountAt),
        [GoGlobals.HeapInUse] = (EndOfCollection, c => c.HeapInUse()),
        [GoGlobals.MaxProcs] = (Resize, c => c.MaxProcs()),
    };

    /// <summary>The functions that are decoded.</summary>
    public static IReadOnlySet<string> Functions { get; } =
        new HashSet<string> { AddG, EndOfCollection, Resize, Refill, ReleaseAll, Commit, PutFull };

    public static bool Knows(string name) => Shapes.ContainsKey(name);

    /// <summary>The address, and the function that tells it. Throws <see cref="SiteException"/> for code that is none.</summary>
    public ulong? Find(string name, out string function)
    {
        (function, Func<GlobalCode, ulong?> find) = Shapes[name];
        return find(this);
    }

    /// <summary>append(allgs, gp): three words in a row, each loaded and each stored.</summary>
    private ulong? AllGs()
    {
        if (Code(AddG) is not { } code)
            return null;
        HashSet<ulong> both = [.. code.Where(Mnemonic.Mov, 8, stores: true)];
        both.IntersectWith(code.Where(Mnemonic.Mov, 8, stores: false));
        return Only(both.Where(a => both.Contains(a + 8) && both.Contains(a + 16)));
    }

    /// <summary>Both copies are exchanged; the pointer is compared with the slice's before.</summary>
    private (ulong Pointer, ulong Length)? AllGCopies()
    {
        if (AllGs() is null || Code(AddG) is not { } code)
            return null;
        List<ulong> exchanged = [.. code.Exchanged(8).Distinct()];
        HashSet<ulong> compared = [.. code.Where(Mnemonic.Cmp, 8, stores: false)];
        return exchanged.Count == 2 && Only(exchanged.Where(compared.Contains)) is { } pointer
            ? (pointer, exchanged.Single(e => e != pointer))
            : null;
    }

    /// <summary>Added to, with the two counters that are incremented at their distance.</summary>
    private ulong? PauseTotal()
    {
        if (Code(EndOfCollection) is not { } code)
            return null;
        HashSet<ulong> counted = [.. code.Where(Mnemonic.Inc, 4, stores: true)];
        return Only(code.Where(Mnemonic.Add, 8, stores: true)
            .Where(a => counted.Contains(a + CountAt) && counted.Contains(a + ForcedCountAt)));
    }

    /// <summary>
    /// The receiver of heapStats, its first field in every runtime that keeps heapInUse in the controller (Go 1.19 and later).
    /// </summary>
    private ulong? MemStats() => HeapInUse() is null ? null : Receiver("runtime.(*consistentHeapStats).", Refill, ReleaseAll);

    private ulong? Controller() => Receiver("runtime.(*gcControllerState).", Commit, Refill);

    /// <summary>memstats.lastHeapInUse = gcController.heapInUse.load().</summary>
    private ulong? HeapInUse() =>
        PauseTotal() is { } pauses && Controller() is { } controller && Code(EndOfCollection) is { } code
            && Only(code.CopiedTo(pauses + LastHeapInUseAt)) is { } copied && copied - controller < LargestController
            ? copied
            : null;

    /// <summary>Read at the start, exchanged at the end.</summary>
    private ulong? MaxProcs()
    {
        if (Code(Resize) is not { } code)
            return null;
        HashSet<ulong> read = [.. code.Where(Mnemonic.Mov, 4, stores: false)];
        return Only(code.Exchanged(4).Where(read.Contains));
    }

    /// <summary>What all calls of a method in these functions pass as receiver.</summary>
    private ulong? Receiver(string method, params string[] functions) => Only(functions.SelectMany(f => Code(f)?.Receivers(method) ?? []));

    private static ulong? Only(IEnumerable<ulong> addresses)
    {
        List<ulong> distinct = [.. addresses.Distinct().Take(2)];
        return distinct is [var one] ? one : null;
    }

    private GlobalReferences? Code(string name)
    {
        if (_decoded.TryGetValue(name, out GlobalReferences? known))
            return known;
        return _decoded[name] = go.GlobalFunctions.TryGetValue(name, out GoFunction function) && elf.Machine == ElfMachine.X86_64
            ? new GlobalReferences(FunctionBody.Decode(new FunctionCode(name, function.Address, go.ReadCode(function), go.FunctionNameAt)))
            : null;
    }
}

using Beyla.Elf.Sites;

namespace Beyla.Elf;

/// <summary>
/// Link-time addresses of variables of the Go runtime: by symbol where there is a symbol table, else by the instructions of a runtime
/// function that uses the variable (x86-64 only). An address is given only when the code leaves no second reading. Not thread-safe.
/// </summary>
public sealed class GoGlobals
{
    /// <summary>Slice of all goroutines (*g), dead ones included: pointer, length, capacity.</summary>
    public const string AllGs = "runtime.allgs";

    /// <summary>
    /// Copy of the pointer of <see cref="AllGs"/>, for readers without the lock: read <see cref="AllGLen"/> first, the array behind the
    /// pointer is at least that long.
    /// </summary>
    public const string AllGPtr = "runtime.allgptr";

    /// <summary>Copy of the length of <see cref="AllGs"/>, a word that only grows.</summary>
    public const string AllGLen = "runtime.allglen";

    /// <summary>runtime.mstats. Its fields have names of their own here, because no type data describes it.</summary>
    public const string MemStats = "runtime.memstats";

    /// <summary>Nanoseconds that the world was stopped for collections, all together; 64 bits.</summary>
    public const string PauseTotal = "runtime.memstats.pause_total_ns";

    /// <summary>Nanoseconds of each pause, 64 bits each: a ring of 256, the newest at <c>(numgc + 255) % 256</c>.</summary>
    public const string Pauses = "runtime.memstats.pause_ns";

    /// <summary>Collections completed; 32 bits.</summary>
    public const string CollectionCount = "runtime.memstats.numgc";

    /// <summary>Those of them that the program asked for; 32 bits.</summary>
    public const string ForcedCollectionCount = "runtime.memstats.numforcedgc";

    /// <summary>
    /// runtime.gcControllerState. It begins with gcPercent (GOGC, 32 bits, -1: off), then memoryLimit (GOMEMLIMIT, 64 bits) at 8.
    /// </summary>
    public const string Controller = "runtime.gcController";

    /// <summary>
    /// Bytes in spans in use, 64 bits; then heapReleased, heapFree, totalAlloc, totalFree, mappedReady, 64 bits each (Go 1.19 and later).
    /// </summary>
    public const string HeapInUse = "runtime.gcController.heapInUse";

    /// <summary>State of the collector.</summary>
    public const string Work = "runtime.work";

    /// <summary>GOMAXPROCS; 32 bits.</summary>
    public const string MaxProcs = "runtime.gomaxprocs";

    private readonly ElfFile _elf;
    private readonly GlobalCode _code;

    internal GoGlobals(ElfFile elf, GoBinary go) => (_elf, _code) = (elf, new GlobalCode(elf, go));

    /// <summary>
    /// The address of a variable: one of the constants of this class, or in programs with symbols any symbol ("runtime.sched"). <see
    /// langword="null"/> when it is not known for certain; <paramref name="whyNot"/> then says why, as a sentence part. Throws <see
    /// cref="ElfException"/> where the file contradicts itself.
    /// </summary>
    public ulong? Find(string name, out string? whyNot)
    {
        whyNot = null;
        return _elf.TryFindSymbol(name, out ElfSymbol symbol) && symbol.Type is ElfSymbolType.Object or ElfSymbolType.None
            ? symbol.Address
            : FindByCode(name, out whyNot);
    }

    /// <summary>By instructions alone, as in a stripped program.</summary>
    internal ulong? FindByCode(string name, out string? whyNot)
    {
        whyNot = null;
        try
        {
            if (_elf.Machine != ElfMachine.X86_64)
                whyNot = "without symbols runtime variables are only looked for in x86-64 code";
            else if (!GlobalCode.Knows(name))
                whyNot = $"there is no symbol {name}, and no code is known to tell where it is";
            else if (_code.Find(name, out string function) is not { } address)
                whyNot = $"{function} is missing, or uses {name} in an unknown way";
            else if (!MayBeVariable(address))
                whyNot = $"{function} leads to no variable";
            else
                return address;
        }
        catch (SiteException e)
        {
            whyNot = $"the code cannot be read: {e.Message}";
        }
        return null;
    }

    private bool MayBeVariable(ulong address) => address % 4 == 0
        && _elf.Segments.Any(s => s is { IsLoad: true, IsWritable: true } && address >= s.Address && address - s.Address < s.MemorySize);
}

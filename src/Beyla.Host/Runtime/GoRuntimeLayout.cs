using Beyla.Elf;

namespace Beyla.Host.Runtime;

/// <summary>
/// Where a Go program keeps what <see cref="GoRuntimeReader"/> reads: link-time addresses of variables, offsets in <c>runtime.g</c>. Null: not found.
/// Before Go 1.19 the memory's variables lie elsewhere.
/// </summary>
internal sealed record GoRuntimeLayout
{
    public ulong? AllGLen { get; private init; }
    public ulong? AllGPtr { get; private init; }
    public ulong? MaxProcs { get; private init; }
    public ulong? Controller { get; private init; }
    public ulong? HeapInUse { get; private init; }
    public ulong? CollectionCount { get; private init; }
    public ulong? PauseTotal { get; private init; }

    /// <summary>Offset of <c>g.atomicstatus</c>.</summary>
    public int? Status { get; private init; }

    /// <summary>Offset of <c>g.startpc</c>.</summary>
    public int? Start { get; private init; }

    /// <summary>Looks for all of it.</summary>
    /// <exception cref="ElfException">The file contradicts itself.</exception>
    public static GoRuntimeLayout Of(GoBinary go)
    {
        ulong? Find(string variable) => go.Globals.Find(variable, out _);
        return new()
        {
            AllGLen = Find(GoGlobals.AllGLen),
            AllGPtr = Find(GoGlobals.AllGPtr),
            MaxProcs = Find(GoGlobals.MaxProcs),
            Controller = Find(GoGlobals.Controller),
            HeapInUse = Find(GoGlobals.HeapInUse),
            CollectionCount = Find(GoGlobals.CollectionCount),
            PauseTotal = Find(GoGlobals.PauseTotal),
            Status = go.FindField("runtime", "g", "atomicstatus"),
            Start = go.FindField("runtime", "g", "startpc"),
        };
    }
}

using Beyla.Elf;

namespace Beyla.Host.Attachment;

/// <summary>What every Go tracer's programs need to know of a Go program, whatever they trace.</summary>
/// <param name="Goid">Offset of <c>runtime.g.goid</c>.</param>
/// <param name="ParentGoid">Offset of <c>runtime.g.parentGoid</c>; null before Go 1.21.</param>
/// <param name="Allgs">Run-time address of the slice <c>runtime.allgs</c>; null when not found.</param>
/// <param name="SwissMaps">Maps are swiss tables, else buckets.</param>
internal sealed record GoRuntimeFacts(ulong Goid, ulong? ParentGoid, ulong? Allgs, bool SwissMaps)
{
    /// <summary>Reads them; null when the type data has no <c>runtime.g.goid</c>.</summary>
    public static GoRuntimeFacts? Of(GoBinary go) => go.FindField("runtime", "g", "goid") is { } goid
        ? new((ulong)goid, Offset(go.FindField("runtime", "g", "parentGoid")), go.FindAllgs(out _), go.UsesSwissMaps == true)
        : null;

    /// <summary>The same with addresses of a process whose load bias is <paramref name="bias"/>.</summary>
    public GoRuntimeFacts At(ulong bias) => this with { Allgs = Allgs + bias };

    private static ulong? Offset(int? offset) => offset is { } o ? (ulong)o : null;
}

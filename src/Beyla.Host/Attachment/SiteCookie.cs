using Beyla.Elf.Sites;

namespace Beyla.Host.Attachment;

/// <summary>The cookie of a probe site, as bpf/include/beyla/attachment.h and go.h read it.</summary>
internal static class SiteCookie
{
    private const ulong AtReturn = 1 << 19;

    /// <summary>Index of the process' entry in bits 0..15; location of the result word in bits 16..63.</summary>
    public static ulong Of(ushort index, ProbeSite site)
    {
        if (site.Result is not { } r) return index;
        return index | (site.IsReturn ? AtReturn : 0) | (ulong)r.Kind << 16 | (ulong)(r.Register & 31) << 20 | (ulong)(uint)r.StackOffset << 32;
    }
}

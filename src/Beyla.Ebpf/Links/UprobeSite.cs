namespace Beyla.Ebpf;

/// <summary>Where to put a uprobe.</summary>
/// <param name="FileOffset">Offset in the file (not the address): symbol - p_vaddr + p_offset of its segment.</param>
/// <param name="Cookie">What <c>bpf_get_attach_cookie</c> gives the program at this site.</param>
public readonly record struct UprobeSite(ulong FileOffset, ulong Cookie);

/// <summary>The kernel interfaces that attach uprobes.</summary>
public enum UprobeFront
{
    /// <summary>One link for all sites; Linux 6.6. Detaching 300 sites takes 20 ms.</summary>
    Multi,

    /// <summary>A perf event for each site; cookies need Linux 5.15. Closing one takes up to 100 ms, so that happens in the background.</summary>
    Perf,
}

using Beyla.Ebpf;
using Beyla.Elf;

namespace Beyla.Host.Attachment;

/// <summary>
/// Learns at once that a process has loaded libraries: the dynamic linker calls <c>_dl_debug_state</c> then, where debuggers have their breakpoint
/// (glibc's elf/dl-debug.c and link.h, <c>r_brk</c>; musl's ldso/dynlink.c).
/// </summary>
/// <param name="program">The program to run there: <c>libraries_changed</c> of bpf/process_watcher.bpf.c.</param>
/// <param name="front">How uprobes are attached.</param>
internal sealed class LinkerWatch(BpfProgram program, UprobeFront front)
{
    private const string Function = "_dl_debug_state";

    private readonly RecentCache<ExecutableIdentity, PlannedSite?> _sites = new();

    /// <summary>Whether a file is a dynamic linker, by its name.</summary>
    public static bool IsLinker(MappedFile file) =>
        file.Name.StartsWith("ld-linux", StringComparison.Ordinal) || file.Name.StartsWith("ld-musl", StringComparison.Ordinal)
        || file.Name.StartsWith("ld-2.", StringComparison.Ordinal); // glibc before 2.34: ld-2.31.so

    /// <summary>Watches one process; null where the linker does not export the function.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    /// <exception cref="IOException">The linker cannot be read.</exception>
    /// <exception cref="ElfException">It is malformed.</exception>
    public UprobeLink? Attach(int pid, MappedFile linker)
    {
        PlannedSite? site = _sites.Get(ExecutableIdentity.Read(linker.Link, linker.Device, linker.Inode), () => Find(linker.Link));
        if (site is null) return null;
        using (FileStream code = File.OpenRead(linker.Link)) SiteBytes.Verify(site, code);
        return UprobeLink.Attach(program, linker.Link, pid, [new UprobeSite(site.FileOffset, 0)], front);
    }

    private static PlannedSite? Find(string path)
    {
        using ElfFile elf = ElfFile.Open(path);
        return CFunctions.Find(elf, Function, ProbePosition.Entry, returns: false, out _) is [var site, ..] ? site : null;
    }
}

using Beyla.Ebpf;
using Beyla.Host.Discovery;

namespace Beyla.Host.Attachment;

/// <summary>A process whose libraries are probed.</summary>
/// <param name="process">The process.</param>
/// <param name="tracers">The tracers that watch it.</param>
/// <param name="links">Where its links go.</param>
/// <param name="begin">Makes a tracer watch the process, before its first group is attached; false: it cannot.</param>
/// <param name="skipped">Receives one sentence for each group that is not attached.</param>
internal sealed class LibraryTarget(
    ProcessInfo process, IReadOnlyList<TracerHost> tracers, ProcessLinks links, Func<TracerHost, bool> begin, Action<string> skipped)
{
    /// <summary>The process.</summary>
    public ProcessInfo Process => process;

    /// <summary>Files (device, inode) that were dealt with.</summary>
    public HashSet<(string Device, ulong Inode)> Seen { get; } = [];

    /// <summary>How often it was looked at.</summary>
    public int Looks { get; set; }

    /// <summary>Tells the user what is not attached.</summary>
    public void Skipped(string reason) => skipped(reason);

    /// <summary>Takes the link on the process' dynamic linker.</summary>
    public void Watch(UprobeLink linker) => links.Add(linker, sites: 0);

    /// <summary>Attaches each group whole or not at all; one that fails leaves the others alone.</summary>
    /// <param name="file">The library.</param>
    /// <param name="inspection">What was found in it.</param>
    /// <param name="front">How uprobes are attached.</param>
    /// <exception cref="IOException">The library was unloaded.</exception>
    /// <exception cref="StaleExecutableException">It is not what was inspected.</exception>
    public IEnumerable<AttachedLibrary> Attach(MappedFile file, LibraryInspection inspection, UprobeFront front)
    {
        using FileStream code = new(file.Link, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        List<AttachedLibrary> attached = [];
        foreach (LibraryGroup group in inspection.Groups)
        {
            if (tracers.FirstOrDefault(t => t.Name == group.Tracer) is not { } tracer) continue;
            if (!group.Attachable) skipped($"{tracer.Name} {group.Group.Name} spans are off for {file.Path}: {group.Reason}");
            else if (begin(tracer) && AttachGroup(tracer, group, file, code, front) is { } done) attached.Add(done);
        }
        return attached;
    }

    private AttachedLibrary? AttachGroup(TracerHost tracer, LibraryGroup group, MappedFile file, FileStream code, UprobeFront front)
    {
        List<(UprobeLink Link, int Sites)> own = [];
        try
        {
            foreach (var program in group.Probes.Where(p => p.Site is not null).GroupBy(p => (p.Probe.Program, p.IsReturnProbe)))
            {
                PlannedSite[] sites = [.. program.Select(p => p.Site!).DistinctBy(s => s.FileOffset)];
                foreach (PlannedSite site in sites) SiteBytes.Verify(site, code);
                UprobeSite[] places = [.. sites.Select(s => new UprobeSite(s.FileOffset, 0))];
                own.Add((UprobeLink.Attach(tracer.Program(program.Key.Program), file.Link, process.Pid, places, front, program.Key.IsReturnProbe), sites.Length));
            }
        }
        catch (Exception e) when (e is BpfException or IOException or StaleExecutableException)
        {
            foreach ((UprobeLink link, _) in own) link.Dispose();
            if (e is not BpfException) throw;
            skipped($"{tracer.Name} {group.Group.Name} spans are off for {file.Path}: {e.Message}");
            return null;
        }
        foreach ((UprobeLink link, int sites) in own) links.Add(link, sites);
        string name = $"{tracer.Name}/{group.Group.Name}";
        if (!links.Groups.Contains(name)) links.Groups.Add(name);
        return new AttachedLibrary(name, file.Path, own.Sum(o => o.Sites));
    }
}

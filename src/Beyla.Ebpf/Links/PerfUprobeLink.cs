namespace Beyla.Ebpf;

/// <summary>A perf event for each site.</summary>
internal sealed class PerfUprobeLink : UprobeLink
{
    private readonly List<PerfEventProbe> _probes = [];

    public PerfUprobeLink(BpfProgram program, string path, int pid, IReadOnlyList<UprobeSite> sites, bool atReturn)
    {
        foreach (UprobeSite site in sites)
        {
            PerfEventProbe? probe = PerfEventProbe.TryOpen("uprobe", path, site.FileOffset, pid, program.Handle, atReturn, site.Cookie, out int errno);
            if (probe is null)
            {
                Dispose();
                throw Failure(program, path, pid, sites, errno);
            }
            _probes.Add(probe);
        }
    }

    public override void Dispose()
    {
        BackgroundClose.Add(_probes);
        _probes.Clear();
    }
}

using System.IO.Enumeration;
using Beyla.Elf;
using Beyla.Host.Plugins;

namespace Beyla.Host.Attachment;

/// <summary>Works out, from the tracers' tables alone, which functions of a library can be probed. Needs no privileges.</summary>
internal sealed class LibraryInspector(IReadOnlyList<ITracer> tracers)
{
    private readonly (ITracer Tracer, LibraryProbe[] Probes)[] _tables =
        [.. tracers.OfType<IUprobeSet>().Select(t => ((ITracer)t, t.LibraryProbes.Where(p => IsOn((ITracer)t, p.Group)).ToArray())).Where(t => t.Item2.Length > 0)];

    /// <summary>Whether any tracer has library probes.</summary>
    public bool IsNeeded => _tables.Length > 0;

    /// <summary>Whether some probe is meant for a library of that file name.</summary>
    public bool Concerns(string fileName) => _tables.Any(t => t.Probes.Any(p => Matches(p, fileName)));

    /// <summary>Inspects what a process has in memory now.</summary>
    /// <param name="pid">Process id.</param>
    /// <param name="executable">Path of its executable.</param>
    /// <exception cref="ElfException">A library is malformed.</exception>
    /// <exception cref="IOException">A library cannot be read.</exception>
    public IEnumerable<LibraryInspection> InspectProcess(int pid, string executable) => MappedFile.Of(pid)
        .Where(file => file.Path == executable || Concerns(file.Name))
        .Select(file => Inspect(file.Link, file.Path, file.Path == executable));

    /// <summary>Inspects a file.</summary>
    /// <param name="path">Path to read it by.</param>
    /// <param name="displayPath">What the user knows it by; its last part decides which probes are meant for it.</param>
    /// <param name="isExecutable">The executable itself: probes of every library are meant for it if it has the function, and no one misses those it lacks.</param>
    /// <exception cref="ElfException">Not an ELF file, or malformed.</exception>
    /// <exception cref="IOException">Cannot be read.</exception>
    public LibraryInspection Inspect(string path, string displayPath, bool isExecutable)
    {
        using ElfFile elf = ElfFile.Open(path);
        string name = Path.GetFileName(displayPath);
        List<LibraryGroup> groups = [];
        foreach ((ITracer tracer, LibraryProbe[] probes) in _tables)
        {
            foreach (IGrouping<string, LibraryProbe> group in probes.Where(p => isExecutable || Matches(p, name)).GroupBy(p => p.Group.Name))
            {
                LibraryGroup found = new(tracer.Name, group.First().Group, [.. group.SelectMany(p => Find(elf, p, group))]);
                if (!isExecutable || found.Probes.Any(p => p.Site is not null && p.Probe.Failure == FailureMode.Required)) groups.Add(found);
            }
        }
        return new LibraryInspection(displayPath, groups);
    }

    private static bool IsOn(ITracer tracer, ProbeGroup group) => tracer is not TracerFaults configured || configured.IsOn(group);

    private static bool Matches(LibraryProbe probe, string fileName) => FileSystemName.MatchesSimpleExpression(probe.Library, fileName, ignoreCase: false);

    private static IEnumerable<LibraryFunction> Find(ElfFile elf, LibraryProbe probe, IEnumerable<LibraryProbe> group)
    {
        bool returns = group.Any(p => p.Symbol == probe.Symbol && p.Position == ProbePosition.Return);
        IReadOnlyList<PlannedSite> sites = CFunctions.Find(elf, probe.Symbol, probe.Position, returns, out string? reason);
        return sites.Count == 0 ? [new(probe, null, reason)] : sites.Select(site => new LibraryFunction(probe, site, null));
    }
}

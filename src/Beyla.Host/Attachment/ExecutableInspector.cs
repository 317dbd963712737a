using Beyla.Elf;
using Beyla.Elf.Sites;
using Beyla.Host.Discovery.Languages;
using Beyla.Host.Plugins;

namespace Beyla.Host.Attachment;

/// <summary>Reads an executable and works out, from the tracers' tables alone, what could be attached to it. Needs no privileges.</summary>
internal sealed class ExecutableInspector(IReadOnlyList<ITracer> tracers)
{
    private readonly HashSet<string> _wanted =
    [
        .. tracers.OfType<IUprobeSet>().SelectMany(t => t.GoProbes).SelectMany(p => p.Group.OnlyWith is { } other ? new[] { p.Function, other } : [p.Function]),
        .. tracers.OfType<IUprobeSet>().SelectMany(t => t.GoroutineArguments).SelectMany(a => new[] { a.Starter, a.Function }),
    ];

    /// <summary>Inspects the file at <paramref name="path"/>; <paramref name="displayPath"/> is what the user knows it by.</summary>
    /// <exception cref="ElfException">Not an ELF file, or malformed.</exception>
    /// <exception cref="IOException">Cannot be read.</exception>
    public Inspection Inspect(string path, string? displayPath = null)
    {
        using ElfFile elf = ElfFile.Open(path);
        GoBinary? go = GoBinary.TryRead(elf);
        IReadOnlyDictionary<string, GoFunction> functions =
            go?.FindFunctions(_wanted) ?? (IReadOnlyDictionary<string, GoFunction>)new Dictionary<string, GoFunction>();
        // A Go program of which only runtime functions are wanted is a proxy or a tool: the generic tracers see more of it.
        bool isGo = functions.Keys.Any(name => !name.StartsWith("runtime.", StringComparison.Ordinal));
        Language language = ExecutableLanguage.Of(elf, go is not null);

        return new Inspection(
            displayPath ?? path, isGo ? "go" : "generic", language.Name, go?.Version, elf.BuildId ?? elf.GoBuildId,
            elf.IsPie, elf.IsStripped, go?.Modules ?? new Dictionary<string, string>(),
            [.. tracers.Where(t => t is IUprobeSet { GoProbes.Count: > 0 }).Select(t => InspectTracer(t, (IUprobeSet)t, elf, go, functions))])
        {
            LanguageEvidence = language.Evidence,
            BaseAddress = BaseAddressOf(elf),
            Runtime = go is null ? null : GoRuntimeFacts.Of(go),
        };
    }

    private static TracerInspection InspectTracer(
        ITracer tracer, IUprobeSet tables, ElfFile elf, GoBinary? go, IReadOnlyDictionary<string, GoFunction> functions)
    {
        List<ProbeInspection> probes = [];
        foreach (GoProbe probe in tables.GoProbes)
            probes.Add(probes.Find(p => IsOtherNameOf(probe, p)) is { } other
                ? new(probe, ProbeStatus.Alternative, null, [], $"this binary has {other.Probe.Function}")
                : InspectProbe(probe, elf, go, functions));
        // Without a function of its groups a tracer is not concerned; looking for its types would only cost time.
        ArgumentInspection[] arguments = [.. tables.GoroutineArguments.Select(a => InspectArgument(a, go, functions))];
        HashSet<string> concerned = [.. probes.Where(p => p.Status == ProbeStatus.Found).Select(p => p.Probe.Group.Name)];
        foreach (ArgumentInspection argument in arguments)
            if (argument is { HasFunction: true, Argument.Group: { } group }) concerned.Add(group.Name);
        bool Concerned(ProbeGroup? group) => group is null ? concerned.Count > 0 : concerned.Contains(group.Name);
        TracerInspection found = new(
            tracer.Name, [], probes,
            [.. tables.GoFields.Select(f => new FieldInspection(f, Concerned(f.Group) ? GoFacts.Find(go!, f) : null))],
            [.. tables.GoItabs.Select(i => new ItabInspection(i, Concerned(i.Group) ? go!.FindItab(i.Concrete, i.Interface) : null))],
            [.. tables.GoTypes.Select(t => new TypeInspection(t, Concerned(t.Group) ? GoFacts.Find(go!, t) : null))])
        {
            Arguments = arguments,
        };
        IEnumerable<ProbeGroup> groups = tables.GoProbes.Select(p => p.Group).Concat(tables.GoroutineArguments.Select(a => a.Group).OfType<ProbeGroup>()).DistinctBy(g => g.Name);
        GroupInspection[] verdicts =
            [.. groups.Select(g => GroupVerdict.Of(g, go?.Minor, probes, found.Slots, arguments)).Select(v => IsOn(tracer, v.Group) ? v : GroupVerdict.Off(tracer.Name, v))];
        return found with { Groups = [.. verdicts.Select((v, i) => GroupVerdict.Among(verdicts.Take(i), v))] };
    }

    private static ArgumentInspection InspectArgument(GoroutineArgument argument, GoBinary? go, IReadOnlyDictionary<string, GoFunction> functions)
    {
        if (go is null || !functions.TryGetValue(argument.Function, out GoFunction function))
            return new(argument, null, false, $"{argument.Function} is not in this binary");
        if (!functions.TryGetValue(argument.Starter, out GoFunction starter))
            return new(argument, null, true, $"{argument.Starter} is not in this binary");
        GoroutineStart? start = go.FindGoroutineStart(starter, function, out string? whyNot);
        return new(argument, start, true, whyNot);
    }

    private static bool IsOn(ITracer tracer, ProbeGroup group) => tracer is not TracerFaults configured || configured.IsOn(group);

    private static bool IsOtherNameOf(GoProbe probe, ProbeInspection earlier) =>
        probe.OneOf is not null && earlier.Status == ProbeStatus.Found && earlier.Probe.OneOf == probe.OneOf && earlier.Probe.Group.Name == probe.Group.Name;

    private static ProbeInspection InspectProbe(GoProbe probe, ElfFile elf, GoBinary? go, IReadOnlyDictionary<string, GoFunction> functions)
    {
        if (go is not null && !probe.Versions.Contains(go.Minor))
            return new(probe, ProbeStatus.OtherVersion, null, [], $"for {probe.Versions}, this is Go 1.{go.Minor}");
        if (go is not null && probe.Group.OnlyWith is { } other && !functions.ContainsKey(other))
            return new(probe, ProbeStatus.OtherVersion, null, [], $"needed only beside {other}, which is not in this binary");
        if (go is null || !functions.TryGetValue(probe.Function, out GoFunction function))
            return new(probe, ProbeStatus.Missing, null, [], "not in this binary");
        try
        {
            FunctionCode code = new(function.Name, function.Address, go.ReadCode(function), go.FunctionNameAt);
            IReadOnlyList<ProbeSite> sites = probe.Position == ProbePosition.Entry
                ? [EntrySite.Choose(code)]
                : ReturnSites.Choose(code, probe.Result, probe.Words);
            return new(probe, ProbeStatus.Found, function.Address, [.. sites.Select(s => Plan(elf, s))], null);
        }
        catch (Exception e) when (e is ElfException or SiteException)
        {
            return new(probe, ProbeStatus.Undecodable, function.Address, [], e.Message);
        }
    }

    private static PlannedSite Plan(ElfFile elf, ProbeSite site) => elf.TryGetFileOffset(site.Address, out ulong offset)
        ? new PlannedSite(site, offset)
        : throw new ElfException($"address 0x{site.Address:x} lies in no loaded segment of {elf.Path}", 0);

    /// <summary>The link-time address of the file's first byte in memory: what the load bias counts from.</summary>
    internal static ulong BaseAddressOf(ElfFile elf)
    {
        ElfSegment first = elf.Segments.Where(s => s.IsLoad).MinBy(s => s.Address);
        return first.Address - first.Offset;
    }
}

namespace Beyla.Host.Attachment;

/// <summary>Which libraries a group of probes is about, and their versions in this program: what a reader compares with the go.mod.</summary>
internal static class GoLibraries
{
    /// <summary>
    /// Module path and version of each library whose functions the group probes, sorted by path; where these are the standard library's
    /// (<c>database/sql</c>), of those whose types it knows (the drivers). Empty when all is the standard library, whose version is Go's, and for
    /// programs whose build info names no modules (built from a GOPATH, as Debian does).
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(Inspection inspection, TracerInspection tracer, GroupInspection group)
    {
        bool Concerns(ProbeGroup? of) => of is null || of.Name == group.Name;
        KeyValuePair<string, string>[] probed = Versions(inspection,
            tracer.Probes.Where(p => p.Status == ProbeStatus.Found && Concerns(p.Probe.Group)).Select(p => PackageOf(p.Probe.Function)));
        if (probed.Length > 0) return probed;
        return Versions(inspection,
            tracer.Fields.Where(f => f.Value is not null && Concerns(f.Field.Group)).Select(f => f.Field.Package)
                .Concat(tracer.Types.Where(t => t.Address is not null && Concerns(t.Type.Group)).Select(t => PackageOf(t.Type.Type)))
                .Concat(tracer.Itabs.Where(i => i.Address is not null && Concerns(i.Itab.Group)).Select(i => PackageOf(i.Itab.Concrete))));
    }

    private static KeyValuePair<string, string>[] Versions(Inspection inspection, IEnumerable<string> packages) =>
        [.. packages.Distinct().Select(p => ModuleOf(p, inspection.Modules)).OfType<string>().Distinct().Order(StringComparer.Ordinal)
            .Select(path => KeyValuePair.Create(path, inspection.Modules[path]))];

    /// <summary>The import path in a symbol or type name: <c>*github.com/lib/pq.conn</c> → <c>github.com/lib/pq</c>.</summary>
    internal static string PackageOf(string name)
    {
        name = name.TrimStart('*');
        int element = name.LastIndexOf('/', name.IndexOfAny(['(', '[']) is var end and >= 0 ? end : name.Length - 1) + 1;
        int dot = name.IndexOf('.', element);
        // The linker writes dots of the last element as %2e (cmd/internal/objabi/path.go).
        return (dot < 0 ? name : name[..dot]).Replace("%2e", ".", StringComparison.Ordinal);
    }

    private static string? ModuleOf(string package, IReadOnlyDictionary<string, string> modules) =>
        modules.Keys.Where(m => package == m || package.StartsWith(m + "/", StringComparison.Ordinal)).MaxBy(m => m.Length);
}

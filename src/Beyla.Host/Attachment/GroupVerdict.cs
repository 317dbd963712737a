namespace Beyla.Host.Attachment;

/// <summary>Decides whether a group attaches: everything required is there, or the reason says what is not.</summary>
internal static class GroupVerdict
{
    /// <summary>The verdict for <paramref name="group"/> from what was found; <paramref name="goMinor"/> is null for what is not a Go program.</summary>
    public static GroupInspection Of(
        string group, int? goMinor, IReadOnlyList<ProbeInspection> probes, IReadOnlyList<FieldInspection> fields, IReadOnlyList<ItabInspection> itabs)
    {
        if (goMinor is not { } minor) return new(group, false, "not a Go program");
        if (minor < 17)
            return new(group, false, $"built with Go 1.{minor}: Go passes arguments in registers from 1.17 on, older programs are not supported");

        List<ProbeInspection> own = [.. probes.Where(p => p.Probe.Group.Name == group)];
        if (own.TrueForAll(p => p.Status is ProbeStatus.Missing or ProbeStatus.OtherVersion))
            return new(group, false, "the program has none of its functions");

        List<string> missing = [], without = [];
        foreach (ProbeInspection p in own.Where(p => p.Status is ProbeStatus.Missing or ProbeStatus.Undecodable))
            Sort(p.Probe.Failure, $"function {p.Probe.Function} {(p.Status == ProbeStatus.Missing ? "is not in this binary" : "cannot be probed: " + p.Reason)}");
        foreach (FieldInspection f in fields.Where(f => f.Offset is null && Concerns(f.Field.Group)))
            Sort(f.Field.Failure, $"field '{f.Field.Field}' of {f.Field.Package}.{f.Field.Type} is not in the binary's type data (garbled build?)");
        foreach (ItabInspection i in itabs.Where(i => i.Address is null && Concerns(i.Itab.Group)))
            Sort(i.Itab.Failure, $"the itab of {i.Itab.Concrete} as {i.Itab.Interface} is not in this binary");

        if (missing.Count > 0) return new(group, false, string.Join("; ", missing));
        return new(group, true, without.Count > 0 ? "goes without: " + string.Join("; ", without) : null);

        bool Concerns(ProbeGroup? g) => g is null || g.Name == group;

        void Sort(FailureMode failure, string what)
        {
            if (failure == FailureMode.Required) missing.Add(what);
            else if (failure == FailureMode.Warn) without.Add(what);
        }
    }
}

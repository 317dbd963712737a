namespace Beyla.Host.Attachment;

/// <summary>Decides whether a group attaches: everything required is there, or the reason says what is not.</summary>
internal sealed class GroupVerdict
{
    private readonly List<string> _missing = [], _without = [];

    private GroupVerdict() { }

    /// <summary>The verdict for <paramref name="group"/> from what was found; <paramref name="goMinor"/> is null for what is not a Go program.</summary>
    public static GroupInspection Of(ProbeGroup group, int? goMinor, IReadOnlyList<ProbeInspection> probes, IEnumerable<SlotInspection> slots, IReadOnlyList<ArgumentInspection>? goroutines = null)
    {
        if (goMinor is not { } minor) return new(group, false, "not a Go program") { Obstacle = GroupObstacle.NotGo };
        if (minor < 17)
        {
            return new(group, false, $"built with Go 1.{minor}: Go passes arguments in registers from 1.17 on, older programs are not supported")
            {
                Obstacle = GroupObstacle.TooOld,
            };
        }

        List<ProbeInspection> own = [.. probes.Where(p => p.Probe.Group.Name == group.Name)];
        List<ArgumentInspection> arguments = [.. (goroutines ?? []).Where(a => a.Argument.Group?.Name == group.Name)];
        if (arguments.Count == 0 && own.TrueForAll(p => p.Status == ProbeStatus.OtherVersion))
            return new(group, false, group.OnlyWith is { } other ? $"not needed without {other}" : $"not needed with Go 1.{minor}") { Obstacle = GroupObstacle.NotNeeded };
        if (own.TrueForAll(p => p.Status is ProbeStatus.Missing or ProbeStatus.OtherVersion) && arguments.TrueForAll(a => !a.HasFunction))
            return new(group, false, "the program has none of its functions") { Obstacle = GroupObstacle.NoFunctions };

        GroupVerdict verdict = new();
        foreach (ProbeInspection p in own) verdict.Probe(p, own);
        foreach (IGrouping<string, SlotInspection> slot in slots.Where(s => s.Group is null || s.Group.Name == group.Name).GroupBy(s => s.Slot))
            if (slot.All(s => s.Value is null)) verdict.Lacks(slot.First().Failure, slot.First().What);

        if (verdict._missing.Count > 0)
            return new(group, false, string.Join("; ", verdict._missing)) { Obstacle = GroupObstacle.PartsMissing, Missing = verdict._missing };
        return new(group, true, verdict._without.Count > 0 ? "goes without: " + string.Join("; ", verdict._without) : null) { Missing = verdict._without };
    }

    /// <summary>The verdict for a group behind those that come before it: an attachable one of the same tracer may be another way to its spans.</summary>
    public static GroupInspection Among(IEnumerable<GroupInspection> before, GroupInspection verdict) =>
        verdict is { Attachable: true, Group.Front: not null } && before.FirstOrDefault(g => g is { Attachable: true, Group.Front: not null }) is { } first
            ? verdict with { Obstacle = GroupObstacle.SecondChoice, Reason = $"in the place of {first.Name} where that cannot be attached" }
            : verdict;

    /// <summary>The verdict for a group that its tracer's settings leave off: what would turn it on, or why that would not help.</summary>
    public static GroupInspection Off(string tracer, GroupInspection on) => on.Attachable
        ? on with
        {
            Attachable = false,
            Reason = on.Group.Front is { } front
                ? $"off; [tracers.{tracer}] front = \"{front}\" turns it on"
                : $"off; [tracers.{tracer}] {on.Group.EnabledBy} = true turns it on",
            Obstacle = GroupObstacle.SwitchedOff,
            Missing = [],
        }
        // What nobody asked for is not missed.
        : on with { Obstacle = on.Obstacle == GroupObstacle.PartsMissing ? GroupObstacle.NotNeeded : on.Obstacle };

    private void Probe(ProbeInspection p, List<ProbeInspection> group)
    {
        if (p.Status is ProbeStatus.Found or ProbeStatus.OtherVersion or ProbeStatus.Alternative) return;
        if (p.Probe.OneOf is { } oneOf)
        {
            // Said once, with the first name, and only when no other name is there.
            List<ProbeInspection> names = [.. group.Where(q => q.Probe.OneOf == oneOf)];
            if (names[0] != p || names.Exists(q => q.Status == ProbeStatus.Found)) return;
        }
        Lacks(p.Probe.Failure, $"function {p.Probe.Function} {(p.Status == ProbeStatus.Missing ? "is not in this binary" : "cannot be probed: " + p.Reason)}");
    }

    private void Lacks(FailureMode failure, string what)
    {
        if (failure == FailureMode.Required) _missing.Add(what);
        else if (failure == FailureMode.Warn) _without.Add(what);
    }
}

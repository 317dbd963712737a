namespace Beyla.Validation;

/// <summary>The tables of a tracer in one place; a set that it does not implement is empty.</summary>
internal sealed record ProbeTables(
    IReadOnlyList<GoProbe> GoProbes,
    IReadOnlyList<LibraryProbe> LibraryProbes,
    IReadOnlyList<KernelHook> KernelHooks,
    IReadOnlyList<SlotSource> Slots)
{
    /// <summary>Groups that have a probe.</summary>
    public IEnumerable<ProbeGroup> ProbedGroups =>
        GoProbes.Select(p => p.Group).Concat(LibraryProbes.Select(p => p.Group)).Concat(KernelHooks.Select(h => h.Group));

    /// <summary>Every program with the place of its probe, for messages.</summary>
    public IEnumerable<(string Program, string Place)> Programs =>
        GoProbes.Select(p => (p.Program, p.Function))
            .Concat(LibraryProbes.Select(p => (p.Program, $"{p.Library}:{p.Symbol}")))
            .Concat(KernelHooks.SelectMany(h => h.Fronts).SelectMany(f => f.Probes).Select(p => (p.Program, p.Target)));

    public static ProbeTables Of(ITracer tracer)
    {
        IUprobeSet? user = tracer as IUprobeSet;
        return new(
            user?.GoProbes ?? [],
            user?.LibraryProbes ?? [],
            (tracer as IKprobeSet)?.KernelHooks ?? [],
            [
                .. (user?.GoFields ?? []).Select(f => new SlotSource(f.Slot, f.Group, $"field {f.Package}.{f.Type}.{f.Field}", f.Fact == FieldFact.IsPointer ? SlotKind.IsPointer : SlotKind.Offset)),
                .. (user?.GoItabs ?? []).Select(i => new SlotSource(i.Slot, i.Group, $"itab {i.Concrete},{i.Interface}", SlotKind.Itab)),
                .. (user?.GoTypes ?? []).Select(t => new SlotSource(t.Slot, t.Group, $"type {t.Type}", SlotKind.Type)),
                .. (user?.GoroutineArguments ?? []).Select(a => new SlotSource(a.StartSlot, a.Group, $"start of {a.Function}", SlotKind.Code)),
                .. (user?.GoroutineArguments ?? []).Select(a => new SlotSource(a.ArgumentSlot, a.Group, $"argument of {a.Function}", SlotKind.Depth)),
            ]);
    }
}

/// <summary>A table row that fills a slot.</summary>
internal sealed record SlotSource(string Slot, ProbeGroup? Group, string What, SlotKind Kind);

/// <summary>What a slot holds; all rows that fill it must agree.</summary>
internal enum SlotKind
{
    Offset,
    IsPointer,
    Itab,
    Type,
    Code,
    Depth,
}

namespace Beyla.Validation;

/// <summary>Checks a tracer's tables without attaching or loading anything. All problems are found in one pass.</summary>
public static class TracerValidation
{
    /// <summary>Checks the tables alone and, when the object is known, that tables and object name the same things.</summary>
    /// <param name="tracer">The tracer.</param>
    /// <param name="bpf">Its compiled BPF object; <see langword="null"/>: not compared.</param>
    /// <returns>One sentence a problem, empty when there is none.</returns>
    public static IReadOnlyList<string> Check(ITracer tracer, BpfObjectLayout? bpf = null)
    {
        ArgumentNullException.ThrowIfNull(tracer);
        List<string> problems = [];
        if (!IsKebabCase(tracer.Name ?? ""))
            problems.Add($"the tracer's name '{tracer.Name}' is not kebab-case (like net-http)");
        if (tracer is not (IUprobeSet or IKprobeSet))
            problems.Add("the tracer is neither an IUprobeSet nor an IKprobeSet");

        ProbeTables tables = ProbeTables.Of(tracer);
        CheckProbes(tables, problems);
        CheckGroups(tables, problems);
        CheckSettings(tables, (tracer as IConfigurableTracer)?.Settings ?? [], problems);
        CheckSlots(tables, bpf, problems);
        CheckPrograms(tables, bpf, problems);
        return problems;
    }

    /// <summary>As <see cref="Check"/>, for callers that want all or nothing.</summary>
    /// <exception cref="TracerValidationException">With every problem.</exception>
    public static void ThrowIfInvalid(ITracer tracer, BpfObjectLayout? bpf = null)
    {
        IReadOnlyList<string> problems = Check(tracer, bpf);
        if (problems.Count > 0) throw new TracerValidationException(tracer.Name, problems);
    }

    private static void CheckProbes(ProbeTables tables, List<string> problems)
    {
        foreach (GoProbe probe in tables.GoProbes)
        {
            if (string.IsNullOrWhiteSpace(probe.Function)) problems.Add($"a probe of program '{probe.Program}' names no function");
            if (probe.Versions.From > probe.Versions.To) problems.Add($"the probe of {probe.Function} has an empty range of Go versions");
            if (probe.Result < 0) problems.Add($"the probe of {probe.Function} asks for result word {probe.Result}");
            if (probe.Words < 1) problems.Add($"the probe of {probe.Function} asks for {probe.Words} words of a result");
        }
        foreach (LibraryProbe probe in tables.LibraryProbes)
            if (string.IsNullOrWhiteSpace(probe.Library) || string.IsNullOrWhiteSpace(probe.Symbol))
                problems.Add($"a probe of program '{probe.Program}' names no library or no symbol");
        foreach (KernelHook hook in tables.KernelHooks)
            if (hook.Fronts.Count == 0 || hook.Fronts.Any(f => f.Probes.Count == 0))
                problems.Add($"a kernel hook of group '{hook.Group.Name}' has no front, or a front without probes");

        // The same program on the same function may stand there twice for two ranges of Go versions that do not meet.
        foreach (var same in tables.GoProbes.GroupBy(p => (p.Function, p.Position, p.Program)))
            if (same.Where((p, i) => same.Take(i).Any(q => p.Versions.From <= q.Versions.To && q.Versions.From <= p.Versions.To)).Any())
                problems.Add($"two probes run program '{same.Key.Program}' at the {Word(same.Key.Position)} of {same.Key.Function}");
        foreach (string same in Repeated(tables.LibraryProbes.Select(p => $"program '{p.Program}' at the {Word(p.Position)} of {p.Library}:{p.Symbol}")))
            problems.Add($"two probes run {same}");
    }

    private static void CheckGroups(ProbeTables tables, List<string> problems)
    {
        HashSet<ProbeGroup> probed = [.. tables.ProbedGroups];
        if (probed.Any(g => string.IsNullOrWhiteSpace(g.Name))) problems.Add("a group has an empty name");
        foreach (SlotSource source in tables.Slots)
            if (source.Group is { } group && !probed.Contains(group))
                problems.Add($"{source.What} belongs to group '{group.Name}', which has no probe");
    }

    private static void CheckSettings(ProbeTables tables, IReadOnlyList<TracerSetting> settings, List<string> problems)
    {
        foreach (string twice in Repeated(settings.Select(s => s.Key))) problems.Add($"there are two settings '{twice}'");
        foreach (TracerSetting setting in settings)
            if (!IsSnakeCase(setting.Key)) problems.Add($"the setting's key '{setting.Key}' is not snake_case (like capture_headers)");
            else if (setting.Key == "enabled") problems.Add("'enabled' is the host's: it switches the whole tracer on and off");
        foreach (ProbeGroup group in tables.ProbedGroups.Distinct())
            if (group.EnabledBy is { } key && !settings.Any(s => s.Key == key && s.Type == TracerSettingType.Boolean))
                problems.Add($"group '{group.Name}' is switched on by '{key}', which is no boolean setting of the tracer");
    }

    private static void CheckSlots(ProbeTables tables, BpfObjectLayout? bpf, List<string> problems)
    {
        // Several rows may fill one slot: names that a field had over the years, and the same again for each group that needs it.
        foreach (IGrouping<string, SlotSource> slot in tables.Slots.GroupBy(s => s.Slot))
            if (slot.DistinctBy(s => s.Kind).Count() > 1 || slot.Distinct().Count() < slot.Count() || !MeansTheSameToEveryGroup(slot))
                problems.Add($"slot '{slot.Key}' is filled twice: {string.Join(" and ", slot.Select(s => s.What))}");
        if (bpf is null) return;

        foreach (SlotSource source in tables.Slots)
            if (!bpf.Slots.Contains(source.Slot))
                problems.Add($"{source.What} goes into slot '{source.Slot}', but the BPF object has no SLOT_{source.Slot.ToUpperInvariant()}");
        foreach (string slot in bpf.Slots)
            if (!tables.Slots.Any(s => s.Slot == slot))
                problems.Add($"slot '{slot}' of the BPF object is filled by no field, itab or type");
    }

    private static bool MeansTheSameToEveryGroup(IEnumerable<SlotSource> slot)
    {
        List<string>[] groups = [.. slot.GroupBy(s => s.Group).Select(g => g.Select(s => s.What).ToList())];
        return Array.TrueForAll(groups, g => g.SequenceEqual(groups[0]));
    }

    private static void CheckPrograms(ProbeTables tables, BpfObjectLayout? bpf, List<string> problems)
    {
        foreach ((string program, string place) in tables.Programs.DistinctBy(p => p.Program))
            if (string.IsNullOrWhiteSpace(program)) problems.Add($"the probe of {place} names no program");
            else if (bpf?.Programs.Contains(program) == false) problems.Add($"program '{program}' (for {place}) is not in the BPF object");
    }

    private static string Word(ProbePosition position) => position == ProbePosition.Entry ? "entry" : "return";

    private static IEnumerable<string> Repeated(IEnumerable<string> names) => names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key);

    /// <summary>Words of small letters and digits, joined by single hyphens; a letter first.</summary>
    private static bool IsKebabCase(string name) => AreWords(name, '-');

    private static bool IsSnakeCase(string key) => AreWords(key, '_');

    private static bool AreWords(string name, char separator) =>
        name.Length > 0 && char.IsAsciiLetterLower(name[0])
        && name.Split(separator).All(word => word.Length > 0 && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)));
}

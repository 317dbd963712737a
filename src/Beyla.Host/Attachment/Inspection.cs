using Beyla.Elf;
using Beyla.Elf.Sites;
using Beyla.Host.Discovery.Languages;
using Beyla.Host.Identity.OwnTelemetry;

namespace Beyla.Host.Attachment;

/// <summary>
/// What the host knows of an executable and what each tracer could do with it: the answer of <c>beyla inspect</c>, and the plan that the
/// attacher follows. Nothing here depends on a running process.
/// </summary>
/// <param name="Path">The file as named by the user or by /proc.</param>
/// <param name="Kind"><c>go</c>, or <c>generic</c> for everything without a Go function that some tracer wants.</param>
/// <param name="Language">telemetry.sdk.language.</param>
/// <param name="GoVersion">As in the build info, null when wiped or not Go.</param>
/// <param name="BuildId">GNU build-id in hex, or the Go build id.</param>
/// <param name="Pie">Position independent: addresses need the load bias.</param>
/// <param name="Stripped">No symbol table (irrelevant for what can be attached).</param>
/// <param name="Modules">Go modules and versions, from the build info.</param>
/// <param name="Tracers">One entry for each tracer with tables for user-space probes.</param>
internal sealed record Inspection(
    string Path, string Kind, string Language, string? GoVersion, string? BuildId, bool Pie, bool Stripped,
    IReadOnlyDictionary<string, string> Modules, IReadOnlyList<TracerInspection> Tracers)
{
    /// <summary>What <see cref="Language"/> was decided on, in words.</summary>
    public string LanguageEvidence { get; init; } = "";

    /// <summary>What the inspected process exports itself; <see cref="Identity.OwnTelemetry.OwnSignals.None"/> for a file.</summary>
    public OwnSignals OwnSignals { get; init; } = OwnSignals.None;

    /// <summary>Link-time address of the byte at file offset 0: the load bias of a process is its mapping's start less this.</summary>
    public required ulong BaseAddress { get; init; }

    /// <summary>Of a process the libraries that it has in memory and some tracer probes; the executable itself, when such a library is linked in.</summary>
    public IReadOnlyList<LibraryInspection> Libraries { get; init; } = [];

    /// <summary>What all Go tracers need; null when not Go or unknown.</summary>
    public required GoRuntimeFacts? Runtime { get; init; }

    /// <summary>A group that fails for what makes all fail that are not switched off, whatever their tracer; null when there is no such reason.</summary>
    public GroupInspection? CommonObstacle
    {
        get
        {
            GroupInspection[] groups = [.. Tracers.SelectMany(t => t.Groups).Where(g => !g.SwitchedOff)];
            return groups.Length > 0 && groups.All(g => g.Obstacle is GroupObstacle.NotGo or GroupObstacle.TooOld) ? groups[0] : null;
        }
    }

    /// <summary>The same for one process: a runtime that it has loaded says more than an executable that could host any.</summary>
    public Inspection ForProcess(int pid) =>
        new Language(Language, LanguageEvidence).MayHostARuntime && MappedRuntime.Find(pid) is { } runtime
            ? this with { Language = runtime.Name, LanguageEvidence = runtime.Evidence }
            : this;

    /// <summary>Whether a support group that could be attached has nobody to help: no group that makes spans can be attached.</summary>
    public bool IsIdle(GroupInspection group) => group is { Attachable: true, Group.Support: true } && !Tracers.Any(t => t.Traces);
}

/// <summary>What one tracer finds in an executable.</summary>
/// <param name="Name">The tracer's name.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Probes">Its probes, in table order.</param>
/// <param name="Fields">Its fields.</param>
/// <param name="Itabs">Its itabs.</param>
/// <param name="Types">Its types.</param>
internal sealed record TracerInspection(
    string Name, IReadOnlyList<GroupInspection> Groups, IReadOnlyList<ProbeInspection> Probes,
    IReadOnlyList<FieldInspection> Fields, IReadOnlyList<ItabInspection> Itabs, IReadOnlyList<TypeInspection> Types)
{
    /// <summary>Its arguments of goroutines.</summary>
    public IReadOnlyList<ArgumentInspection> Arguments { get; init; } = [];

    /// <summary>Whether any group can be attached.</summary>
    public bool Attachable => Groups.Any(g => g.Attachable);

    /// <summary>Whether a group other than for support can be attached.</summary>
    public bool Traces => Groups.Any(g => g is { Attachable: true, Group.Support: false });

    /// <summary>The table of every slot: link-time values, in the order of the rows.</summary>
    public IEnumerable<SlotInspection> Slots =>
        Fields.Select(f => new SlotInspection(f.Field.Slot, f.Field.Group, f.Field.Failure, f.What, (ulong?)f.Value, false))
            .Concat(Itabs.Select(i => new SlotInspection(i.Itab.Slot, i.Itab.Group, i.Itab.Failure, i.What, i.Address, true)))
            .Concat(Types.Select(t => new SlotInspection(t.Type.Slot, t.Type.Group, t.Type.Failure, t.What, t.Address, true)))
            .Concat(Arguments.Select(a => new SlotInspection(a.Argument.StartSlot, a.Argument.Group, a.Argument.Failure, a.What, a.Start?.StartPc, true)))
            .Concat(Arguments.Select(a => new SlotInspection(a.Argument.ArgumentSlot, a.Argument.Group, a.Argument.Failure, a.What, (ulong?)a.Start?.ArgumentDepth, false)));
}

/// <summary>One row that fills a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Group">The group that needs it, null: every group.</param>
/// <param name="Failure">What it means when it cannot be filled.</param>
/// <param name="What">What is missing then, in words.</param>
/// <param name="Value">Link-time value; null: not in the binary.</param>
/// <param name="IsAddress">Whether the load bias is to be added.</param>
internal readonly record struct SlotInspection(string Slot, ProbeGroup? Group, FailureMode Failure, string What, ulong? Value, bool IsAddress);

/// <summary>Whether a group can be attached, and if not why.</summary>
/// <param name="Group">The group.</param>
/// <param name="Attachable">Everything required is there.</param>
/// <param name="Reason">What is missing; for an attachable group what it goes without; null when all is there.</param>
internal sealed record GroupInspection(ProbeGroup Group, bool Attachable, string? Reason)
{
    /// <summary>Its name.</summary>
    public string Name => Group.Name;

    /// <summary>What keeps it from being attached.</summary>
    public GroupObstacle Obstacle { get; init; }

    /// <summary>The parts that are not in the binary, in words: what an attachable group goes without, or what another one cannot do without.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>It is off because nobody switched it on: nothing is missing.</summary>
    public bool SwitchedOff => Obstacle == GroupObstacle.SwitchedOff;
}

/// <summary>Why a group is not attached.</summary>
internal enum GroupObstacle
{
    /// <summary>Nothing: it is attached.</summary>
    None,

    /// <summary>The executable is not a Go program.</summary>
    NotGo,

    /// <summary>Built with a Go that is too old for every group.</summary>
    TooOld,

    /// <summary>Its probes are for other Go versions; this one does without them.</summary>
    NotNeeded,

    /// <summary>The program has none of its functions: it does not use that library, or not that side of it.</summary>
    NoFunctions,

    /// <summary>The program has functions of it, but something required is missing.</summary>
    PartsMissing,

    /// <summary>Nobody switched it on (<see cref="ProbeGroup.EnabledBy"/>), or another front is wanted.</summary>
    SwitchedOff,

    /// <summary>Another group that comes first shows the same spans (<see cref="ProbeGroup.Front"/>): this one waits for the case that it cannot be attached.</summary>
    SecondChoice,
}

/// <summary>What became of one probe of a table.</summary>
internal enum ProbeStatus
{
    /// <summary>The function is there and has sites.</summary>
    Found,

    /// <summary>The binary has no such function.</summary>
    Missing,

    /// <summary>The function is there but no site could be chosen.</summary>
    Undecodable,

    /// <summary>The probe is for other Go versions, or its group is not needed here (<see cref="ProbeGroup.OnlyWith"/>).</summary>
    OtherVersion,

    /// <summary>Another name of the same thing is in the binary (<see cref="GoProbe.OneOf"/>).</summary>
    Alternative,
}

/// <summary>One probe of a table on this executable.</summary>
/// <param name="Probe">The table's row.</param>
/// <param name="Status">Found or why not.</param>
/// <param name="Address">Link-time address of the function; null when not there.</param>
/// <param name="Sites">Where the breakpoints go.</param>
/// <param name="Reason">For statuses other than found, in words.</param>
internal sealed record ProbeInspection(GoProbe Probe, ProbeStatus Status, ulong? Address, IReadOnlyList<PlannedSite> Sites, string? Reason);

/// <summary>A site with its place in the file.</summary>
/// <param name="Site">Address, instruction, reason.</param>
/// <param name="FileOffset">What a uprobe is attached to.</param>
internal sealed record PlannedSite(ProbeSite Site, ulong FileOffset);

/// <summary>One field of a table; <paramref name="Value"/> (see <see cref="GoField.Fact"/>) is null when the binary's type data lacks it.</summary>
internal sealed record FieldInspection(GoField Field, int? Value)
{
    public string What => $"field '{Field.Field}' of {Field.Package}.{Field.Type} is not in the binary's type data (garbled build?)";
}

/// <summary>One itab of a table; <paramref name="Address"/> is the link-time address, null when the binary has none.</summary>
internal sealed record ItabInspection(GoItab Itab, ulong? Address)
{
    public string What => $"the itab of {Itab.Concrete} as {Itab.Interface} is not in this binary";
}

/// <summary>One type of a table; <paramref name="Address"/> is the link-time address, null when the binary has none.</summary>
internal sealed record TypeInspection(GoType Type, ulong? Address)
{
    public string What => $"type {Type.Type} is not in this binary";
}

/// <summary>One argument of goroutines of a table.</summary>
/// <param name="Argument">The table's row.</param>
/// <param name="Start">How the goroutine begins; null when that is not known.</param>
/// <param name="HasFunction">Whether the binary has the function that the goroutine runs.</param>
/// <param name="Reason">Why it is not known, as a sentence part.</param>
internal sealed record ArgumentInspection(GoroutineArgument Argument, GoroutineStart? Start, bool HasFunction, string? Reason)
{
    public string What => $"the argument of goroutines that run {Argument.Function} is not known: {Reason}";
}

using System.Text;
using Beyla.Host.Attachment;

namespace Beyla.Host.Commands;

/// <summary>An inspection for humans: one line for each group of each tracer, the details on demand. Plain text, no escape codes.</summary>
internal static class InspectionText
{
    public static void Write(Inspection inspection, bool details, Stream output) => output.Write(Encoding.UTF8.GetBytes(Render(inspection, details)));

    /// <summary>The text.</summary>
    /// <param name="inspection">What was found.</param>
    /// <param name="details">Probes, sites, fields, types and itabs, too.</param>
    public static string Render(Inspection inspection, bool details)
    {
        StringBuilder text = new();
        Line(text, inspection.Path);
        Line(text, $"  {Kind(inspection)}{(inspection.Pie ? ", position independent" : "")}{(inspection.Stripped ? ", stripped" : "")}, build id {inspection.BuildId ?? "none"}, {inspection.Modules.Count} modules");
        Line(text, $"  language {inspection.Language}: {inspection.LanguageEvidence}");
        if (inspection.OwnSignals.Evidence is { } evidence) Line(text, $"  exports its own {string.Join(" and ", inspection.OwnSignals.Names)}: {evidence}");
        if (!details && inspection.CommonObstacle is { } obstacle)
        {
            if (obstacle.Obstacle != GroupObstacle.NotGo) Line(text, $"  nothing to attach: {obstacle.Reason}");
            InspectionLibraries.Write(text, inspection, details);
            return text.ToString();
        }
        int width = inspection.Tracers.SelectMany(t => t.Groups).Select(g => g.Name.Length).DefaultIfEmpty().Max();
        foreach (TracerInspection tracer in inspection.Tracers)
        {
            Line(text, "");
            Line(text, tracer.Name);
            foreach (GroupInspection group in tracer.Groups)
                Line(text, $"  {Verdict(inspection, group),-3}  {group.Name.PadRight(width)}  {string.Join("; ", Remarks(inspection, tracer, group, details))}".TrimEnd());
            if (details) InspectionDetails.Write(text, tracer);
        }
        InspectionLibraries.Write(text, inspection, details);
        return text.ToString();
    }

    private static string Kind(Inspection inspection) => inspection switch
    {
        { Language: "go", Kind: "go" } => $"Go program, {inspection.GoVersion ?? "version unknown (build info wiped)"}",
        { Language: "go" } => $"Go program ({inspection.GoVersion ?? "version unknown"}) without a function that a Go tracer wants: treated as generic",
        _ => "not a Go program: no tracer for it yet",
    };

    private static string Verdict(Inspection inspection, GroupInspection group) => group switch
    {
        { Obstacle: GroupObstacle.NotNeeded or GroupObstacle.SecondChoice } => "-",
        _ when inspection.IsIdle(group) => "-",
        { Attachable: true } => "yes",
        { Obstacle: GroupObstacle.SwitchedOff } => "off",
        _ => "no",
    };

    private static IEnumerable<string> Remarks(Inspection inspection, TracerInspection tracer, GroupInspection group, bool details)
    {
        if (group.Obstacle is GroupObstacle.None or GroupObstacle.PartsMissing)
        {
            KeyValuePair<string, string>[] libraries = [.. GoLibraries.Of(inspection, tracer, group)];
            if (libraries.Length > 0) yield return string.Join(", ", libraries.Select(l => $"{l.Key} {l.Value}"));
        }
        switch (group)
        {
            case { Obstacle: GroupObstacle.SwitchedOff }:
                yield return group.Reason!["off; ".Length..];
                break;
            case { Obstacle: GroupObstacle.SecondChoice }:
                yield return group.Reason!;
                break;
            case { Obstacle: GroupObstacle.NoFunctions }:
                yield return $"no {tracer.Name} {group.Name} in this program: {TypicalFunction(tracer, group)} is not in it";
                break;
            case var _ when inspection.IsIdle(group):
                yield return "only helps other groups, and none of them can be attached";
                break;
            case { Missing: [_, ..] missing }:
                string parts = details || missing.Count == 1 ? string.Join("; ", missing) : $"{missing[0]}; and {missing.Count - 1} more (--tracer {tracer.Name} names them)";
                yield return group.Attachable ? $"goes without: {parts}" : parts;
                break;
            case { Reason: { } reason }:
                yield return reason;
                break;
        }
    }

    /// <summary>A function whose absence tells most: a required one, with the name of a declared function or method rather than of a closure.</summary>
    private static string TypicalFunction(TracerInspection tracer, GroupInspection group) =>
        tracer.Arguments.FirstOrDefault(a => a.Argument.Group?.Name == group.Name)?.Argument.Function ?? tracer.Probes
        .Where(p => p.Probe.Group.Name == group.Name && p.Status == ProbeStatus.Missing)
        .OrderBy(p => p.Probe.Failure).ThenBy(p => p.Probe.Function.EndsWith("-fm", StringComparison.Ordinal) || p.Probe.Function.Contains(".func", StringComparison.Ordinal))
        .First().Probe.Function;

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}

using System.Globalization;
using System.Text;
using Beyla.Host.Attachment;

namespace Beyla.Host.Commands;

/// <summary>An inspection for humans: plain text, no escape codes.</summary>
internal static class InspectionText
{
    public static void Write(Inspection inspection, Stream output)
    {
        StringBuilder text = new();
        Line(text, inspection.Path);
        Line(text, $"  {Kind(inspection)}{(inspection.Pie ? ", position independent" : "")}{(inspection.Stripped ? ", stripped" : "")}, build id {inspection.BuildId ?? "none"}, {inspection.Modules.Count} modules");
        foreach (TracerInspection tracer in inspection.Tracers) Tracer(text, tracer);
        output.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string Kind(Inspection inspection) => inspection switch
    {
        { Language: "go", Kind: "go" } => $"Go program, {inspection.GoVersion ?? "version unknown (build info wiped)"}",
        { Language: "go" } => $"Go program ({inspection.GoVersion ?? "version unknown"}) without a function that a Go tracer wants: treated as generic",
        _ => "not a Go program: no tracer for it yet",
    };

    private static void Tracer(StringBuilder text, TracerInspection tracer)
    {
        Line(text, "");
        Line(text, tracer.Name);
        int width = tracer.Groups.Select(g => g.Name.Length).Append(8).Max() + 2;
        foreach (GroupInspection group in tracer.Groups)
            Line(text, FormattableString.Invariant($"  {(group.Attachable ? "yes" : "no"),-4}{group.Name.PadRight(width)}{group.Reason}").TrimEnd());
        foreach (ProbeInspection probe in tracer.Probes.Where(p => p.Status != ProbeStatus.Missing || tracer.Attachable)) Probe(text, probe);
        foreach (FieldInspection field in tracer.Fields.Where(_ => tracer.Attachable))
            Line(text, $"    field {field.Field.Package}.{field.Field.Type}.{field.Field.Field} {Fact(field)}");
        foreach (TypeInspection type in tracer.Types.Where(_ => tracer.Attachable))
            Line(text, $"    type  {type.Type.Type} {(type.Address is { } a ? $"at 0x{a:x}" : "missing")}");
        foreach (ItabInspection itab in tracer.Itabs.Where(_ => tracer.Attachable))
            Line(text, $"    itab  {itab.Itab.Concrete} as {itab.Itab.Interface} {(itab.Address is { } a ? $"at 0x{a:x}" : "missing")}");
    }

    private static string Fact(FieldInspection field) => (field.Value, field.Field.Fact) switch
    {
        (null, _) => "missing",
        ({ } offset, FieldFact.Offset) => FormattableString.Invariant($"at {offset}"),
        (0, _) => "is a value",
        _ => "is a pointer",
    };

    private static void Probe(StringBuilder text, ProbeInspection probe)
    {
        string where = probe.Probe.Position == Beyla.ProbePosition.Entry ? "entry of" : "return of";
        Line(text, $"    {where} {probe.Probe.Function}{(probe.Status == ProbeStatus.Found ? "" : ": " + probe.Reason)}");
        foreach (PlannedSite site in probe.Sites)
            Line(text, $"      +0x{site.Site.Offset:x}  {site.Site.Instruction}  {(site.Site.Emulated ? "emulated" : "single-stepped")}: {site.Site.Why}");
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}

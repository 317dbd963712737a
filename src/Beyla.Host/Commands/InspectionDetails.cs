using System.Globalization;
using System.Text;
using Beyla.Host.Attachment;

namespace Beyla.Host.Commands;

/// <summary>The long part of an inspection for humans: each probe with its sites and why they were chosen, each field, type and itab.</summary>
internal static class InspectionDetails
{
    /// <summary>Appends the details of one tracer; of one that finds nothing only what is odd.</summary>
    public static void Write(StringBuilder text, TracerInspection tracer)
    {
        foreach (ProbeInspection probe in tracer.Probes.Where(p => p.Status != ProbeStatus.Missing || tracer.Attachable)) Probe(text, probe);
        if (!tracer.Attachable) return;
        foreach (FieldInspection field in tracer.Fields)
            Line(text, $"    field {field.Field.Package}.{field.Field.Type}.{field.Field.Field} {Fact(field)}");
        foreach (ArgumentInspection argument in tracer.Arguments)
            Line(text, $"    argument of goroutines that run {argument.Argument.Function} {Place(argument)}");
        foreach (TypeInspection type in tracer.Types)
            Line(text, $"    type  {type.Type.Type} {Address(type.Address)}");
        foreach (ItabInspection itab in tracer.Itabs)
            Line(text, $"    itab  {itab.Itab.Concrete} as {itab.Itab.Interface} {Address(itab.Address)}");
    }

    private static string Fact(FieldInspection field) => (field.Value, field.Field.Fact) switch
    {
        (null, _) => "missing",
        ({ } offset, FieldFact.Offset or FieldFact.PointerOffset) => FormattableString.Invariant($"at {offset}"),
        (0, _) => "is a value",
        _ => "is a pointer",
    };

    private static string Place(ArgumentInspection argument) => argument.Start is { } start
        ? FormattableString.Invariant($"{start.ArgumentDepth} bytes below the end of the stack, started at 0x{start.StartPc:x}")
        : "missing: " + argument.Reason;

    private static string Address(ulong? address) => address is { } a ? FormattableString.Invariant($"at 0x{a:x}") : "missing";

    private static void Probe(StringBuilder text, ProbeInspection probe)
    {
        string where = probe.Probe.Position == ProbePosition.Entry ? "entry of" : "return of";
        Line(text, $"    {where} {probe.Probe.Function}{(probe.Status == ProbeStatus.Found ? "" : ": " + probe.Reason)}");
        foreach (PlannedSite site in probe.Sites)
            Line(text, $"      +0x{site.Site.Offset:x}  {site.Site.Instruction}  {(site.Site.Emulated ? "emulated" : "single-stepped")}: {site.Site.Why}");
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

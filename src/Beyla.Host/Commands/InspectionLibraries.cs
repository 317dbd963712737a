using System.Globalization;
using System.Text;
using System.Text.Json;
using Beyla.Host.Attachment;

namespace Beyla.Host.Commands;

/// <summary>The part of an inspection that is about library probes.</summary>
internal static class InspectionLibraries
{
    /// <summary>Appends the libraries as text: a line for each group of each tracer, the sites on demand.</summary>
    public static void Write(StringBuilder text, Inspection inspection, bool details)
    {
        foreach (LibraryInspection library in inspection.Libraries)
        {
            text.Append('\n').Append(library.Path).Append('\n');
            foreach (LibraryGroup group in library.Groups)
            {
                text.Append($"  {(group.Attachable ? "yes" : "no"),-3}  {group.Tracer} {group.Group.Name}  {group.Reason}".TrimEnd()).Append('\n');
                if (!details) continue;
                foreach (LibraryFunction function in group.Probes) Write(text, function);
            }
        }
    }

    /// <summary>Writes the libraries as a JSON array.</summary>
    public static void Write(Utf8JsonWriter json, Inspection inspection)
    {
        json.WriteStartArray("libraries");
        foreach (LibraryInspection library in inspection.Libraries)
        {
            foreach (LibraryGroup group in library.Groups)
            {
                json.WriteStartObject();
                json.WriteString("path", library.Path);
                json.WriteString("tracer", group.Tracer);
                json.WriteString("group", group.Group.Name);
                json.WriteBoolean("attachable", group.Attachable);
                json.WriteString("reason", group.Reason);
                json.WriteStartArray("functions");
                foreach (LibraryFunction function in group.Probes) Write(json, function);
                json.WriteEndArray();
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }

    private static string Word(ProbePosition position) => position == ProbePosition.Entry ? "entry" : "return";

    private static void Write(StringBuilder text, LibraryFunction function)
    {
        text.Append(CultureInfo.InvariantCulture, $"    {Word(function.Probe.Position)} of {function.Probe.Symbol}");
        if (function.Site is not { Site: var site }) text.Append(CultureInfo.InvariantCulture, $": {function.Reason}");
        else text.Append(CultureInfo.InvariantCulture, $"  +0x{site.Offset:x}  {site.Instruction}  {(site.Emulated ? "emulated" : "single-stepped")}: {site.Why}");
        text.Append('\n');
    }

    private static void Write(Utf8JsonWriter json, LibraryFunction function)
    {
        json.WriteStartObject();
        json.WriteString("function", function.Probe.Symbol);
        json.WriteString("position", Word(function.Probe.Position));
        json.WriteString("reason", function.Reason);
        if (function.Site is { } planned)
        {
            json.WriteString("fileOffset", string.Create(CultureInfo.InvariantCulture, $"0x{planned.FileOffset:x}"));
            json.WriteString("instruction", planned.Site.Instruction);
            json.WriteBoolean("emulated", planned.Site.Emulated);
        }
        json.WriteEndObject();
    }
}

using System.Globalization;
using System.Text.Json;
using Beyla.Host.Attachment;

namespace Beyla.Host.Commands;

/// <summary>The stable JSON form of an inspection (docs/formats.md). Addresses and file offsets are hex strings.</summary>
internal static class InspectionJson
{
    public static void Write(Inspection inspection, Stream output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("path", inspection.Path);
        json.WriteString("kind", inspection.Kind);
        json.WriteString("language", inspection.Language);
        json.WriteString("languageEvidence", inspection.LanguageEvidence);
        json.WriteStartArray("ownSignals");
        foreach (string signal in inspection.OwnSignals.Names) json.WriteStringValue(signal);
        json.WriteEndArray();
        json.WriteString("ownSignalsEvidence", inspection.OwnSignals.Evidence);
        json.WriteString("goVersion", inspection.GoVersion);
        json.WriteString("buildId", inspection.BuildId);
        json.WriteBoolean("pie", inspection.Pie);
        json.WriteBoolean("stripped", inspection.Stripped);
        json.WriteStartObject("modules");
        foreach ((string path, string version) in inspection.Modules.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(path, version);
        json.WriteEndObject();
        Array(json, "tracers", inspection.Tracers, t => Tracer(json, inspection, t));
        InspectionLibraries.Write(json, inspection);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void Tracer(Utf8JsonWriter json, Inspection inspection, TracerInspection tracer)
    {
        json.WriteString("name", tracer.Name);
        Array(json, "groups", tracer.Groups, g =>
        {
            json.WriteString("name", g.Name);
            json.WriteBoolean("attachable", g.Attachable);
            json.WriteString("reason", g.Reason);
            json.WriteString("obstacle", g.Obstacle == GroupObstacle.None ? null : Word(g.Obstacle));
            json.WriteStartArray("missing");
            foreach (string part in g.Missing) json.WriteStringValue(part);
            json.WriteEndArray();
            json.WriteStartObject("libraries");
            foreach ((string path, string version) in GoLibraries.Of(inspection, tracer, g)) json.WriteString(path, version);
            json.WriteEndObject();
        });
        Array(json, "probes", tracer.Probes, p => Probe(json, p));
        Array(json, "fields", tracer.Fields, f =>
        {
            json.WriteString("struct", $"{f.Field.Package}.{f.Field.Type}");
            json.WriteString("field", f.Field.Field);
            string fact = f.Field.Fact == FieldFact.IsPointer ? "isPointer" : "offset";
            if (f.Value is { } value) json.WriteNumber(fact, value);
            else json.WriteNull(fact);
        });
        Array(json, "goroutineArguments", tracer.Arguments, a =>
        {
            json.WriteString("function", a.Argument.Function);
            json.WriteString("start", Hex(a.Start?.StartPc));
            if (a.Start is { } start) json.WriteNumber("depth", start.ArgumentDepth);
            else json.WriteNull("depth");
            json.WriteString("reason", a.Reason);
        });
        Array(json, "types", tracer.Types, t =>
        {
            json.WriteString("type", t.Type.Type);
            json.WriteString("address", Hex(t.Address));
        });
        Array(json, "itabs", tracer.Itabs, i =>
        {
            json.WriteString("concrete", i.Itab.Concrete);
            json.WriteString("interface", i.Itab.Interface);
            json.WriteString("address", Hex(i.Address));
        });
    }

    private static void Probe(Utf8JsonWriter json, ProbeInspection probe)
    {
        json.WriteString("function", probe.Probe.Function);
        json.WriteString("group", probe.Probe.Group.Name);
        json.WriteString("position", Word(probe.Probe.Position));
        json.WriteString("status", Word(probe.Status));
        json.WriteString("reason", probe.Reason);
        json.WriteString("address", Hex(probe.Address));
        Array(json, "sites", probe.Sites, s =>
        {
            json.WriteString("at", string.Create(CultureInfo.InvariantCulture, $"+0x{s.Site.Offset:x}"));
            json.WriteString("fileOffset", Hex(s.FileOffset));
            json.WriteString("instruction", s.Site.Instruction);
            json.WriteBoolean("emulated", s.Site.Emulated);
            json.WriteString("why", s.Site.Why);
        });
    }

    private static void Array<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string? Hex(ulong? value) => value is { } v ? string.Create(CultureInfo.InvariantCulture, $"0x{v:x}") : null;

    /// <summary>An enum value in kebab-case: <c>OtherVersion</c> → <c>other-version</c>.</summary>
    internal static string Word<T>(T value) where T : struct, Enum
    {
        string name = value.ToString();
        return string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? "-" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
    }
}

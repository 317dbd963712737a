using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Toml;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Configuration.Import;

/// <summary>Something of the original's configuration that has no place in ours.</summary>
/// <param name="Position">Where it is written.</param>
/// <param name="Sentence">What, and why not.</param>
internal sealed record ImportNote(TomlPosition Position, string Sentence);

/// <summary>Turns the original's configuration, read by <see cref="YamlReader"/>, into ours. What it gives passes <c>config check</c> value by value.</summary>
internal sealed class ConfigurationImport
{
    private readonly List<ImportNote> _notes = [];

    private ConfigurationImport() { }

    /// <summary>Translates a whole configuration.</summary>
    /// <returns>Our configuration, and what could not be carried over, in the order of the file.</returns>
    public static (TomlTable Configuration, IReadOnlyList<ImportNote> Notes) Translate(TomlTable original)
    {
        ConfigurationImport import = new();
        TomlTable ours = new(original.Position, TomlTableOrigin.Header);
        import.Table(original, key: "", ours, scope: "");
        return (ours, [.. import._notes.OrderBy(n => n.Position.Line).ThenBy(n => n.Position.Column)]);
    }

    /// <param name="original">A table.</param>
    /// <param name="key">Its dotted key with a dot at the end; empty: the top level.</param>
    /// <param name="ours">Takes the settings.</param>
    /// <param name="scope">The key of <paramref name="ours"/>, in the same form; settings that the original has elsewhere are looked for there.</param>
    private void Table(TomlTable original, string key, TomlTable ours, string scope)
    {
        foreach ((string name, TomlEntry entry) in original.Entries)
        {
            string full = key + name;
            if (OriginalNames.Find(full) is { } renamed)
            {
                Value(renamed, full, entry, ours, scope);
                continue;
            }
            // Services by globs have the keys of services by regular expressions.
            string lookup = key == OriginalNames.Instrument + "[]." ? scope : key;
            switch (SettingsSchema.Kind(lookup, name))
            {
                case SchemaKind.Setting when lookup != key: Value(SettingsSchema.Find(lookup + name)!, full, entry, ours, scope); break;
                case SchemaKind.Refused when entry.Value is TomlTable table && OriginalNames.Holds(full): Table(table, full + ".", ours, scope); break;
                case SchemaKind.Refused when full == OriginalNames.Instrument && entry.Value is TomlArray { OfTables: true } array: Services(array, full, ours); break;
                case SchemaKind.Setting: Value(SettingsSchema.Find(full)!, full, entry, ours, scope); break;
                case SchemaKind.Table when entry.Value is TomlTable table: Table(table, full + ".", ours, scope); break;
                case SchemaKind.ArrayOfTables when entry.Value is TomlArray { OfTables: true } array: Services(array, full, ours); break;
                case SchemaKind.Table or SchemaKind.ArrayOfTables: Note(entry, full, $"{entry.Value.TypeName} stands where tables are expected"); break;
                case SchemaKind.Refused when full == "print_traces": PrintTraces(entry, ours); break;
                case SchemaKind.Refused: Note(entry, full, RefusedSettings.Find(full)!.Why); break;
                default: Note(entry, full, "this version has no such setting"); break;
            }
        }
    }

    private void Services(TomlArray original, string full, TomlTable ours)
    {
        TomlArray services = Existing(ours, KnownSettings.Services) ?? new(original.Position, ofTables: true);
        foreach (TomlTable one in original.Items.Cast<TomlTable>())
        {
            TomlTable service = new(one.Position, TomlTableOrigin.Header);
            Table(one, $"{full}[].", service, $"{KnownSettings.Services}[].");
            if (service.Entries.Keys.Any(SettingsSchema.IsCriterion)) services.Items.Add(service);
            else _notes.Add(new ImportNote(one.Position, $"this entry of '{full}' is not carried over: nothing is left that selects processes"));
        }
        if (services.Items.Count > 0) Set(ours, KnownSettings.Services, services);
    }

    private void PrintTraces(TomlEntry entry, TomlTable ours)
    {
        if (entry.Value is not TomlBoolean print) Note(entry, "print_traces", "it is neither true nor false");
        else if (print.Value) Set(ours, KnownSettings.TracePrinter.Key, new TomlString(entry.Value.Position, "text"));
    }

    private void Value(Setting setting, string full, TomlEntry entry, TomlTable ours, string scope)
    {
        FormatException? problem = null;
        foreach (TomlValue reading in Readings(entry.Value))
        {
            try
            {
                TomlValue candidate = OriginalNames.IsGlob(full) && reading is TomlString glob ? new TomlString(glob.Position, $"^{Glob.ToRegex(glob.Value)}$") : reading;
                // What a variable will hold is known when the agent starts.
                if (candidate is not TomlString text || !text.Value.Contains("${", StringComparison.Ordinal)) setting.Validate(setting.FromToml(candidate));
                Set(ours, setting.Key[scope.Length..], candidate);
                return;
            }
            catch (FormatException e)
            {
                problem ??= e;
            }
        }
        Note(entry, full, problem!.Message);
    }

    /// <summary>YAML's types are looser than ours: a number may be meant as text, a text as number, boolean or list.</summary>
    private static IEnumerable<TomlValue> Readings(TomlValue value)
    {
        yield return value;
        if (value is TomlTable or TomlArray) yield break;
        string text = value.ToString()!;
        if (value is not TomlString) yield return new TomlString(value.Position, text);
        if (long.TryParse(text, out long number)) yield return new TomlInteger(value.Position, number);
        if (text.ToUpperInvariant() is "TRUE" or "YES" or "ON") yield return new TomlBoolean(value.Position, true);
        if (text.ToUpperInvariant() is "FALSE" or "NO" or "OFF") yield return new TomlBoolean(value.Position, false);
        TomlArray list = new(value.Position, ofTables: false);
        list.Items.AddRange(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(t => new TomlString(value.Position, t)));
        yield return list;
    }

    private static TomlArray? Existing(TomlTable table, string key)
    {
        string[] parts = key.Split('.');
        foreach (string part in parts[..^1])
        {
            if (!table.TryGet(part, out TomlEntry entry)) return null;
            table = (TomlTable)entry.Value;
        }
        return table.TryGet(parts[^1], out TomlEntry last) ? last.Value as TomlArray : null;
    }

    /// <summary>Sets a dotted key; tables on the way are made.</summary>
    private static void Set(TomlTable table, string key, TomlValue value)
    {
        string[] parts = key.Split('.');
        foreach (string part in parts[..^1])
        {
            if (!table.TryGet(part, out TomlEntry entry))
                table = table.Add(new TomlKeyPart(part, value.Position), new TomlTable(value.Position, TomlTableOrigin.Header));
            else
                table = (TomlTable)entry.Value;
        }
        if (!table.TryGet(parts[^1], out _)) table.Add(new TomlKeyPart(parts[^1], value.Position), value);
    }

    private void Note(TomlEntry entry, string full, string why) => _notes.Add(new ImportNote(entry.KeyPosition, $"'{full}' is not carried over: {why}"));
}

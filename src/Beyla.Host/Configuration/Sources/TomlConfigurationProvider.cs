using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Toml;
using Beyla.Host.Configuration.Tracers;

namespace Beyla.Host.Configuration.Sources;

/// <summary>
/// Values of a TOML file. Known keys become the text that their setting's type reads, so a list is one value and a stronger source replaces all
/// of it; unknown keys and wrong types are reported with their place. The tracers' own keys are kept as they are: see <see cref="Tracers"/>.
/// </summary>
internal sealed class TomlConfigurationProvider : SettingsProvider
{
    private readonly string _fileName;
    private readonly ConfigurationReport _report;
    private readonly Dictionary<string, TracerTable> _tracers = new(StringComparer.Ordinal);

    public TomlConfigurationProvider(TomlDocument document, ConfigurationReport report)
    {
        (_fileName, _report) = (document.FileName, report);
        ReadTable(document.Root, key: "", path: "", where: "the top level");
    }

    /// <summary>The tables <c>[tracers.&lt;name&gt;]</c>, by name.</summary>
    public IReadOnlyDictionary<string, TracerTable> Tracers => _tracers;

    private void ReadTable(TomlTable table, string key, string path, string where)
    {
        foreach ((string name, TomlEntry entry) in table.Entries)
        {
            string full = key + name;
            switch (SettingsSchema.Kind(key, name))
            {
                case SchemaKind.Setting: ReadValue(SettingsSchema.Find(full)!, name, table, path, entry); break;
                case SchemaKind.Tracers: ReadTracers(entry); break;
                case SchemaKind.Table when entry.Value is TomlTable inner: ReadTable(inner, full + ".", $"{path}{name}:", $"[{full}]"); break;
                case SchemaKind.Table: Error(entry.Value.Position, $"'{full}' is a table: write [{full}], not {entry.Value.TypeName}"); break;
                case SchemaKind.ArrayOfTables: ReadServices(entry, full, $"{path}{name}:"); break;
                case SchemaKind.Refused: Error(entry.KeyPosition, $"'{full}' is refused: {RefusedSettings.Find(full)!.Why}"); break;
                default: Error(entry.KeyPosition, $"unknown key '{name}' in {where}; {SettingsSchema.Suggest(key, name)}"); break;
            }
        }
    }

    private void ReadValue(Setting setting, string name, TomlTable table, string path, TomlEntry entry)
    {
        if (name != setting.Name && table.TryGet(setting.Name, out _))
            Error(entry.KeyPosition, $"'{name}' is another name of '{setting.Name}', which is set too; remove one of the two");
        else
            TryAdd(setting, path + setting.Name, entry);
    }

    private void ReadServices(TomlEntry entry, string full, string path)
    {
        if (entry.Value is not TomlArray array || array.Items.Any(item => item is not TomlTable))
        {
            Error(entry.Value.Position, $"'{full}' is an array of tables: write [[{full}]] above each, not {entry.Value.TypeName}");
            return;
        }
        for (int i = 0; i < array.Items.Count; i++)
        {
            TomlTable service = (TomlTable)array.Items[i];
            ReadTable(service, full + "[].", $"{path}{i}:", $"[[{full}]]");
            if (!service.Entries.Keys.Any(SettingsSchema.IsCriterion))
                Error(service.Position, $"this [[{full}]] selects nothing; give it open_ports, exe_path or both");
        }
    }

    private void ReadTracers(TomlEntry entry)
    {
        if (entry.Value is not TomlTable tracers)
        {
            Error(entry.Value.Position, $"'{KnownSettings.Tracers}' is a table: write [{KnownSettings.Tracers}.<name>], not {entry.Value.TypeName}");
            return;
        }
        foreach ((string name, TomlEntry tracer) in tracers.Entries)
        {
            string path = $"{KnownSettings.Tracers}:{name}";
            if (tracer.Value is not TomlTable table)
            {
                Error(tracer.Value.Position, $"'tracers.{name}' is a table: write [tracers.{name}], not {tracer.Value.TypeName}");
                continue;
            }
            _tracers.Add(name, new TracerTable(name, Origin(tracer.KeyPosition), table));
            if (table.TryGet("enabled", out TomlEntry enabled)) TryAdd(KnownSettings.TracerEnabled, $"{path}:enabled", enabled);
            // Every table names its tracer, whatever is in it.
            else Add(path, "", Origin(tracer.KeyPosition));
        }
    }

    private void TryAdd(Setting setting, string path, TomlEntry entry)
    {
        // Nothing but an empty variable: not set, like an empty variable of the setting itself.
        if (entry.Value is TomlString { IsExpanded: true, Value: "" }) return;
        try
        {
            Add(path, setting.FromToml(entry.Value), Origin(entry.Value.Position));
        }
        catch (FormatException e)
        {
            Error(entry.Value.Position, $"{path.Split(':')[^1]}: {e.Message}");
        }
    }

    private SettingOrigin Origin(TomlPosition position) => new(SettingSource.File, _fileName, position);

    private void Error(TomlPosition position, string sentence) => _report.Error(Origin(position), sentence);
}

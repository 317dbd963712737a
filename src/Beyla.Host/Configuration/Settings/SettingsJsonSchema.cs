using System.Text.Json;

namespace Beyla.Host.Configuration.Settings;

/// <summary>The JSON Schema (draft 7, which TOML editors speak) of the configuration file, made of <see cref="KnownSettings"/> and the tracers' own settings.</summary>
internal sealed class SettingsJsonSchema
{
    private const string ArrayMark = "[]";

    private readonly Utf8JsonWriter _json;
    private readonly IReadOnlyList<(string Tracer, IReadOnlyList<TracerSetting> Settings)> _tracers;

    private SettingsJsonSchema(Utf8JsonWriter json, IReadOnlyList<(string, IReadOnlyList<TracerSetting>)> tracers) => (_json, _tracers) = (json, tracers);

    /// <summary>Writes the schema.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="tracers">The tracers that are there, with their settings.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<(string Tracer, IReadOnlyList<TracerSetting> Settings)> tracers)
    {
        json.WriteStartObject();
        json.WriteString("$schema", "http://json-schema.org/draft-07/schema#");
        json.WriteString("title", "beyla.toml");
        new SettingsJsonSchema(json, tracers).Table("");
        json.WriteEndObject();
    }

    /// <summary>The members of a table's schema.</summary>
    /// <param name="table">Its dotted key with a dot at the end; empty: the top level.</param>
    private void Table(string table)
    {
        StartTable();
        foreach (string name in SettingsSchema.Names(table))
        {
            string key = table + name;
            _json.WriteStartObject(name);
            switch (SettingsSchema.Kind(table, name))
            {
                case SchemaKind.Setting: Setting(SettingsSchema.Find(key)!, key); break;
                case SchemaKind.Tracers: Tracers(); break;
                case SchemaKind.ArrayOfTables: Tables(key); break;
                default: Table(key + "."); break;
            }
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
    }

    private void Tables(string key)
    {
        _json.WriteString("type", "array");
        _json.WriteStartObject("items");
        Table($"{key}{ArrayMark}.");
        _json.WriteEndObject();
    }

    private void Setting(Setting setting, string key)
    {
        string text = key == setting.Key ? setting.Description : $"Another name of {setting.Name}.";
        Value(text, setting.DefaultText, setting.Shapes);
        if (setting.Environment.Count == 0) return;
        _json.WriteStartArray("x-env-var");
        foreach (EnvironmentName variable in setting.Environment) _json.WriteStringValue(variable.Name);
        _json.WriteEndArray();
    }

    private void Tracers()
    {
        _json.WriteString("description", "A table for each tracer, by its name.");
        _json.WriteString("type", "object");
        _json.WriteStartObject("properties");
        foreach ((string tracer, IReadOnlyList<TracerSetting> settings) in _tracers)
        {
            _json.WriteStartObject(tracer);
            StartTable();
            Enabled();
            foreach (TracerSetting setting in settings)
            {
                _json.WriteStartObject(setting.Key);
                Value(setting.Description, setting.Default, Configuration.Tracers.TracerValueType.Of(setting.Type).Shapes);
                _json.WriteEndObject();
            }
            _json.WriteEndObject();
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
        // A tracer that is not there now may be there tomorrow.
        _json.WriteStartObject("additionalProperties");
        _json.WriteString("type", "object");
        _json.WriteStartObject("properties");
        Enabled();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Enabled()
    {
        _json.WriteStartObject(KnownSettings.TracerEnabled.Name);
        Setting(KnownSettings.TracerEnabled, KnownSettings.TracerEnabled.Key);
        _json.WriteEndObject();
    }

    private void StartTable()
    {
        _json.WriteString("type", "object");
        _json.WriteBoolean("additionalProperties", false);
        _json.WriteStartObject("properties");
    }

    private void Value(string description, string defaultText, IReadOnlyList<string> shapes)
    {
        _json.WriteString("description", defaultText.Length == 0 ? description : $"{description} Default: {defaultText}");
        _json.WriteStartArray("anyOf");
        foreach (string shape in shapes.Append(JsonShape.Expanded)) _json.WriteRawValue(shape);
        _json.WriteEndArray();
    }
}

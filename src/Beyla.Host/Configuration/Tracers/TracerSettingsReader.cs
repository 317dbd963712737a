using Beyla.Host.Configuration.Sources;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Tracers;

/// <summary>
/// Reads the tracers' own settings: environment before file before default. The tracers are known only after the configuration was read, so
/// this part of it is checked while they are loaded. Values are checked also where a stronger source hides them.
/// </summary>
internal sealed class TracerSettingsReader(BeylaOptions options)
{
    private readonly List<ResolvedSetting> _resolved = [];
    private readonly HashSet<string> _knownVariables = new(StringComparer.Ordinal);

    /// <summary>What is wrong with the tables and variables read so far.</summary>
    public ConfigurationReport Report { get; } = new();

    /// <summary>Every setting of the tracers that were read, with its value and where the value came from.</summary>
    public IReadOnlyList<ResolvedSetting> Resolved => _resolved;

    /// <summary>Reads the settings of one tracer; null when something is wrong with them, which is in <see cref="Report"/> then.</summary>
    /// <param name="tracer">Its name.</param>
    /// <param name="settings">Its settings; empty when it has none.</param>
    /// <exception cref="FormatException">A setting's default is none of its type: the tracer is wrong, not the user.</exception>
    public TracerSettingValues? Read(string tracer, IReadOnlyList<TracerSetting> settings)
    {
        int mistakes = Report.Errors.Count;
        _knownVariables.Add(Variable(tracer, Enabled));
        if (options.Tracers.GetValueOrDefault(tracer)?.Table is { } table) ReportUnknown(table, [Enabled, .. settings.Select(s => s.Key)]);
        TracerSettingValues values = new();
        foreach (TracerSetting setting in settings)
        {
            (object value, SettingOrigin origin) = Read(tracer, setting);
            string shown = TracerValueType.Of(setting.Type).Format(value);
            _resolved.Add(new ResolvedSetting($"{KnownSettings.Tracers}.{tracer}.{setting.Key}", shown.Length == 0 ? null : shown, origin));
            values.Add(setting, value, origin);
        }
        return Report.Errors.Count == mistakes ? values : null;
    }

    /// <summary>The tracer itself refused a value.</summary>
    public void Refused(string tracer, TracerSettingValues values, FormatException reason)
    {
        if (values.LastRead is not var (key, origin))
            Report.Error(options.Tracers.GetValueOrDefault(tracer)?.Table?.Origin ?? default, $"[{KnownSettings.Tracers}.{tracer}]: {reason.Message}");
        else
            Error(origin, key, reason);
    }

    /// <summary>Warns of tables and variables that concern no tracer. For the end, when all tracers were read.</summary>
    public void WarnOfUnknown(IReadOnlyCollection<string> tracers)
    {
        foreach ((string name, TracerOptions tracer) in options.Tracers)
        {
            if (tracer.Table is null || tracers.Contains(name)) continue;
            Report.Warning($"{tracer.Table.Origin}: no plugin has a tracer '{name}'; its settings have no effect{Meant(name, tracers, "")}");
        }
        foreach (string name in options.TracerVariables.Keys.Except(_knownVariables).Order(StringComparer.Ordinal))
            Report.Warning($"the environment variable {name} is no setting of any tracer and has no effect"
                + Meant(name[KnownSettings.TracerVariables.Length..], _knownVariables.Select(v => v[KnownSettings.TracerVariables.Length..]), KnownSettings.TracerVariables));
    }

    private static string Enabled => KnownSettings.TracerEnabled.Name;

    private static string Meant(string name, IEnumerable<string> known, string prefix) =>
        NearestName.Find(name, known) is { } near ? $"; did you mean {prefix}{near}?" : "";

    private static string Variable(string tracer, string key) =>
        $"{KnownSettings.TracerVariables}{tracer.Replace('-', '_')}_{key}".ToUpperInvariant();

    private void ReportUnknown(TracerTable table, string[] known)
    {
        foreach ((string key, TomlEntry entry) in table.Content.Entries)
        {
            if (known.Contains(key, StringComparer.Ordinal)) continue;
            string meant = NearestName.Find(key, known) is { } near ? $"did you mean '{near}'?" : $"known keys: {string.Join(", ", known)}";
            Report.Error(table.At(entry.KeyPosition), $"unknown key '{key}' in [{KnownSettings.Tracers}.{table.Tracer}]; {meant}");
        }
    }

    private (object Value, SettingOrigin Origin) Read(string tracer, TracerSetting setting)
    {
        TracerValueType type = TracerValueType.Of(setting.Type);
        (object Value, SettingOrigin Origin) found = (type.Default(setting.Default), new SettingOrigin(SettingSource.Default, Name: null));
        if (options.Tracers.GetValueOrDefault(tracer)?.Table is { } table && table.Content.TryGet(setting.Key, out TomlEntry entry)
            && entry.Value is not TomlString { IsExpanded: true, Value: "" })
            Try(table.At(entry.Value.Position), () => type.Read(entry.Value));
        string variable = Variable(tracer, setting.Key);
        _knownVariables.Add(variable);
        if (options.TracerVariables.TryGetValue(variable, out string? text))
            Try(new SettingOrigin(SettingSource.Environment, variable), () => type.Parse(text));
        return found;

        void Try(SettingOrigin origin, Func<object> read)
        {
            try
            {
                found = (read(), origin);
            }
            catch (FormatException e)
            {
                Error(origin, setting.Key, e);
            }
        }
    }

    /// <summary>A variable names its setting, a place in a file does not.</summary>
    private void Error(SettingOrigin origin, string key, FormatException e) =>
        Report.Error(origin, origin.Source == SettingSource.Environment ? e.Message : $"{key}: {e.Message}");
}

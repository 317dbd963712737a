using Beyla.Host.Configuration.Settings;

namespace Beyla.Host.Configuration.Sources;

/// <summary>Values given by BEYLA_* and OTEL_* variables. An empty variable counts as not set (OpenTelemetry's rule, and Beyla's).</summary>
internal sealed class EnvironmentProvider : SettingsProvider
{
    private const string Prefix = "BEYLA_";
    private const string EnabledSuffix = "_ENABLED";

    /// <param name="variables">The environment.</param>
    /// <param name="report">Takes malformed values, and a warning for each BEYLA_* variable that is no setting.</param>
    public EnvironmentProvider(IReadOnlyDictionary<string, string> variables, ConfigurationReport report)
    {
        foreach (Setting setting in KnownSettings.All) Read(setting, variables, report);
        TracerVariables = variables
            .Where(v => v.Key.StartsWith(KnownSettings.TracerVariables, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(v.Value))
            .ToDictionary(v => v.Key, v => v.Value);
        foreach ((string name, string text) in TracerVariables) ReadEnabled(name, text);
        WarnOfUnknown(variables, report);
    }

    /// <summary>Variables for the tracers' own settings, unread. Whether one is a setting is known when the tracers are.</summary>
    public IReadOnlyDictionary<string, string> TracerVariables { get; }

    /// <summary><c>BEYLA_TRACERS_NET_HTTP_ENABLED</c> is for tracer net-http: names of tracers have hyphens where variables have underscores.</summary>
    private void ReadEnabled(string name, string text)
    {
        if (!name.EndsWith(EnabledSuffix, StringComparison.Ordinal) || name.Length < KnownSettings.TracerVariables.Length + EnabledSuffix.Length) return;
        string tracer = name[KnownSettings.TracerVariables.Length..^EnabledSuffix.Length].Replace('_', '-').ToLowerInvariant();
        Add($"{KnownSettings.Tracers}:{tracer}:enabled", text, new SettingOrigin(SettingSource.Environment, name));
    }

    private void Read(Setting setting, IReadOnlyDictionary<string, string> variables, ConfigurationReport report)
    {
        foreach (EnvironmentName name in setting.Environment)
        {
            if (!variables.TryGetValue(name.Name, out string? text) || string.IsNullOrWhiteSpace(text)) continue;
            SettingOrigin origin = new(SettingSource.Environment, name.Name);
            try
            {
                string value = name.Translate?.Invoke(text) ?? text;
                if (value.Length == 0) continue;
                Add(setting.Path, value, origin);
            }
            catch (FormatException e)
            {
                report.Error(origin, e.Message);
            }
            return;
        }
    }

    private void WarnOfUnknown(IReadOnlyDictionary<string, string> variables, ConfigurationReport report)
    {
        HashSet<string> known = [.. KnownSettings.All.SelectMany(s => s.Environment).Select(e => e.Name)];
        foreach (string name in variables.Keys.Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || TracerVariables.ContainsKey(name) || known.Contains(name) || KnownSettings.TestVariables.Contains(name)) continue;
            if (RefusedSettings.OfVariable(name) is { } refused)
            {
                report.Warning($"the environment variable {name} has no effect: {refused.Why}");
                continue;
            }
            string? near = NearestName.Find(name[Prefix.Length..], known.Where(k => k.StartsWith(Prefix, StringComparison.Ordinal)).Select(k => k[Prefix.Length..]));
            report.Warning($"the environment variable {name} is not a setting of this version and has no effect"
                + (near is null ? "" : $"; did you mean {Prefix}{near}?"));
        }
    }
}

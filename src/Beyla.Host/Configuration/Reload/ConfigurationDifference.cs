using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Toml;
using Beyla.Host.Configuration.Tracers;

namespace Beyla.Host.Configuration.Reload;

/// <summary>Which settings differ between two configurations. Arrays of tables count as one setting.</summary>
internal static class ConfigurationDifference
{
    /// <summary>Keys of those that can take effect while the agent runs.</summary>
    public static string[] Live(BeylaConfiguration before, BeylaConfiguration now) => Keys(before, now, live: true);

    /// <summary>Keys of all others, tables of tracers among them.</summary>
    public static string[] AtNextStart(BeylaConfiguration before, BeylaConfiguration now) => [.. Keys(before, now, live: false), .. Tables(before, now)];

    private static string[] Keys(BeylaConfiguration before, BeylaConfiguration now, bool live)
    {
        // A table's row that sets nothing is as good as none.
        Dictionary<string, ResolvedSetting> old = Set(before), current = Set(now);
        return
        [
            .. now.Settings.Concat(before.Settings)
                .Where(s => s.Live == live && old.GetValueOrDefault(s.Key)?.Fingerprint != current.GetValueOrDefault(s.Key)?.Fingerprint)
                .Select(s => s.Key.Split('[')[0])
                .Distinct(),
        ];

        static Dictionary<string, ResolvedSetting> Set(BeylaConfiguration configuration) =>
            configuration.Settings.Where(s => s.Value is not null).ToDictionary(s => s.Key);
    }

    private static IEnumerable<string> Tables(BeylaConfiguration before, BeylaConfiguration now) => before.Options.Tracers.Keys
        .Union(now.Options.Tracers.Keys)
        .Where(name => Text(before, name) != Text(now, name))
        .Select(name => $"{KnownSettings.Tracers}.{name}");

    private static string Text(BeylaConfiguration configuration, string tracer) =>
        configuration.Options.Tracers.GetValueOrDefault(tracer)?.Table is { } table ? TomlText.Of(table.Content) : "";
}

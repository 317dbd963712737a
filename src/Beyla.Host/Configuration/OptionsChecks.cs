using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Sources;

namespace Beyla.Host.Configuration;

/// <summary>Demands on several settings together; the place is that of the setting to change.</summary>
internal static class OptionsChecks
{
    /// <summary>Reports what does not go together.</summary>
    public static void Run(BeylaOptions options, IReadOnlyList<ResolvedSetting> settings, ConfigurationReport report)
    {
        if (options.Discovery.SystemWide && (!options.OpenPort.IsEmpty || options.ExecutableName is not null || options.Discovery.Services.Count > 0))
            Error(KnownSettings.SystemWide, "it selects every process and excludes open_port, executable_name and [[discovery.services]]; remove one of the two");
        if (options.Grafana is { Zone: not null } grafana && (grafana.InstanceId is null || grafana.ApiKey is null))
            Error(GrafanaSettings.Zone, "cloud_instance_id (GRAFANA_CLOUD_INSTANCE_ID) and cloud_api_key (GRAFANA_CLOUD_API_KEY) are needed, too");

        void Error(Setting setting, string sentence)
        {
            SettingOrigin origin = settings.First(s => s.Key == setting.Key).Origin;
            report.Error(origin, origin.Source == SettingSource.File ? $"{setting.Name}: {sentence}" : sentence);
        }
    }
}

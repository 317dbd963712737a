namespace Beyla.Host.Configuration.Settings;

/// <summary>The settings of <c>[grafana.otlp]</c>: names of keys and variables are those of the original (pkg/internal/export/otel/grafana.go).</summary>
internal static class GrafanaSettings
{
    private static readonly GrafanaOptions Defaults = new();

    public static readonly Setting<IReadOnlyList<string>> Submit = new(new TextsType(), Defaults.Submit)
    {
        Key = "grafana.otlp.cloud_submit",
        Environment = ["GRAFANA_CLOUD_SUBMIT"],
        Description = "Which signals go to Grafana Cloud: traces, metrics.",
        Check = signals => signals.FirstOrDefault(s => s is not ("traces" or "metrics")) is { } wrong ? $"'{wrong}' is none of traces, metrics" : null,
    };

    public static readonly Setting<string?> Zone = new(new TextType(), null)
    {
        Key = "grafana.otlp.cloud_zone",
        Environment = ["GRAFANA_CLOUD_ZONE"],
        Description = "Zone of the Grafana Cloud stack, like prod-eu-west-0. Signals without an endpoint of their own then go to its OTLP gateway.",
        Check = zone => zone!.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? null : $"'{zone}' is no zone like prod-eu-west-0",
    };

    public static readonly Setting<string?> InstanceId = new(new TextType(), null)
    {
        Key = "grafana.otlp.cloud_instance_id",
        Environment = ["GRAFANA_CLOUD_INSTANCE_ID"],
        Description = "Instance id of the Grafana Cloud stack: the user of its OTLP gateway.",
    };

    public static readonly Setting<string?> ApiKey = new(new TextType(), null)
    {
        Key = "grafana.otlp.cloud_api_key",
        Environment = ["GRAFANA_CLOUD_API_KEY"],
        IsSecret = true,
        Description = "API key of the Grafana Cloud stack: the password of its OTLP gateway.",
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Submit, Zone, InstanceId, ApiKey];
}

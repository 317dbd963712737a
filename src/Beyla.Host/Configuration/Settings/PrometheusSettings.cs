namespace Beyla.Host.Configuration.Settings;

/// <summary>Settings of the pages that Prometheus fetches.</summary>
internal static class PrometheusSettings
{
    private const string Table = "prometheus_export", InternalTable = "internal_metrics.prometheus";

    private static readonly BeylaOptions Defaults = new();

    public static readonly Setting<int> Port = new(new PortType(), Defaults.Prometheus.Port)
    {
        Key = $"{Table}.port",
        Environment =
        [
            "BEYLA_PROMETHEUS_PORT", "OTEL_EXPORTER_PROMETHEUS_PORT",
            // The port that OpenTelemetry registered for it (specification: Prometheus exporter).
            new("OTEL_METRICS_EXPORTER", text => text.Split(',', StringSplitOptions.TrimEntries).Contains("prometheus") ? "9464" : ""),
        ],
        Description = "Port of the page with all metrics for Prometheus; 0: none.",
    };

    public static readonly Setting<string?> Host = HostOf(Table, "OTEL_EXPORTER_PROMETHEUS_HOST");

    public static readonly Setting<string> Path = PathOf(Table, "BEYLA_PROMETHEUS_PATH", Defaults.Prometheus.Path);

    public static readonly Setting<TimeSpan> Ttl = new(new DurationType(), Defaults.Prometheus.Ttl)
    {
        Key = $"{Table}.ttl",
        Environment = ["BEYLA_PROMETHEUS_TTL"],
        Description = "A series that gets no value for so long ends.",
    };

    public static readonly Setting<bool> ReportTarget = MetricsSettings.Report(Table, "target", "the path of the request (url.path)", Defaults.Metrics.ReportTarget);

    public static readonly Setting<bool> ReportPeer = MetricsSettings.Report(Table, "peer", "the other side's address", Defaults.Metrics.ReportPeer);

    public static readonly Setting<int> InternalPort = new(new PortType(), Defaults.InternalMetrics.Port)
    {
        Key = $"{InternalTable}.port",
        Environment = ["BEYLA_INTERNAL_METRICS_PROMETHEUS_PORT"],
        Description = "Port of a page of its own for the agent's own metrics; 0: they stand on the page with all metrics.",
    };

    public static readonly Setting<string?> InternalHost = HostOf(InternalTable, "BEYLA_INTERNAL_METRICS_PROMETHEUS_HOST");

    public static readonly Setting<string> InternalPath = PathOf(InternalTable, "BEYLA_INTERNAL_METRICS_PROMETHEUS_PATH", Defaults.InternalMetrics.Path);

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Port, Host, Path, Ttl, ReportTarget, ReportPeer, InternalPort, InternalHost, InternalPath];

    private static Setting<string?> HostOf(string table, EnvironmentName environment) => new(new TextType(), null)
    {
        Key = $"{table}.host",
        Environment = [environment],
        Description = "Address that the page is served on, like 127.0.0.1 or localhost; else on all.",
        Check = static host => host is null or "localhost" || System.Net.IPAddress.TryParse(host, out _) ? null : $"'{host}' is neither an IP address nor localhost",
    };

    private static Setting<string> PathOf(string table, EnvironmentName environment, string path) => new(new PathType(), path)
    {
        Key = $"{table}.path",
        Environment = [environment],
        Description = "Path of the page.",
    };
}

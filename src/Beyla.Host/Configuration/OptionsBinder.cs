using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Sources;
using Beyla.Host.Configuration.Tracers;
using Microsoft.Extensions.Configuration;

namespace Beyla.Host.Configuration;

/// <summary>A setting with the value that won.</summary>
/// <param name="Key">Dotted key, with the index of an array's table: <c>discovery.services[0].name</c>.</param>
/// <param name="Value">As text; null: not set.</param>
/// <param name="Origin">Where the value was written.</param>
internal sealed record ResolvedSetting(string Key, string? Value, SettingOrigin Origin)
{
    /// <summary>Tells values apart, also masked ones. The same value has the same number only in this process.</summary>
    public int Fingerprint { get; init; } = (Value ?? "").GetHashCode(StringComparison.Ordinal);

    /// <summary>As <see cref="Setting.Live"/>.</summary>
    public bool Live { get; init; }
}

/// <summary>
/// Builds <see cref="BeylaOptions"/> from the merged sources, by name instead of by reflection (start-up time). Values of every source are
/// checked, also of those that a stronger one hides.
/// </summary>
/// <param name="root">The merged sources.</param>
/// <param name="report">Takes the mistakes.</param>
/// <param name="tables">Tables of the tracers, by name; passed on.</param>
/// <param name="variables">Variables for tracers; passed on.</param>
internal sealed class OptionsBinder(
    IConfigurationRoot root, ConfigurationReport report, IReadOnlyDictionary<string, TracerTable> tables, IReadOnlyDictionary<string, string> variables)
{
    private readonly List<ResolvedSetting> _resolved = [];

    /// <summary>What <see cref="Bind"/> read, in the order of the table of settings.</summary>
    public IReadOnlyList<ResolvedSetting> Resolved => _resolved;

    public BeylaOptions Bind() => new()
    {
        OpenPort = Read(KnownSettings.OpenPort),
        ExecutableName = Read(KnownSettings.ExecutableName),
        ServiceName = Read(KnownSettings.ServiceName),
        ServiceNamespace = Read(KnownSettings.ServiceNamespace),
        TracePrinter = Read(KnownSettings.TracePrinter),
        LogLevel = Read(KnownSettings.Level),
        PluginsPath = Read(KnownSettings.PluginsPath),
        Plugins = new PluginsOptions
        {
            Trust = Read(PluginSettings.Trust),
            Allow = Read(PluginSettings.Allow),
            Hashes = Read(PluginSettings.Hashes),
            Keys = Read(PluginSettings.Keys),
        },
        Discovery = new DiscoveryOptions
        {
            PollInterval = Read(KnownSettings.PollInterval),
            ExcludeOtelInstrumentedServices = Read(KnownSettings.ExcludeOtelInstrumentedServices),
            SystemWide = Read(KnownSettings.SystemWide),
            SkipGoSpecificTracers = Read(KnownSettings.SkipGoSpecificTracers),
            Services = [.. root.GetSection(KnownSettings.Services.Replace('.', ':')).GetChildren().Select(Service)],
        },
        Traces = new TracesOptions
        {
            Propagators = Read(KnownSettings.Propagators),
            Sampler = new SamplerOptions { Name = Read(SamplerSettings.Name), Argument = Read(SamplerSettings.Argument) },
        },
        Routes = new RoutesOptions
        {
            Patterns = Read(RoutesSettings.Patterns),
            IgnoredPatterns = Read(RoutesSettings.IgnoredPatterns),
            IgnoreMode = Read(RoutesSettings.IgnoreMode),
            Unmatched = Read(RoutesSettings.Unmatched),
            Wildcard = Read(RoutesSettings.Wildcard),
            MaxPathSegmentCardinality = Read(RoutesSettings.MaxPathSegmentCardinality),
        },
        Filter = new FilterOptions { Application = Read(SpanRuleSettings.FilterApplication), Mode = Read(SpanRuleSettings.FilterMode) },
        AttributesSelect = Read(SpanRuleSettings.AttributesSelect),
        Redaction = new RedactionOptions
        {
            Query = Read(SpanRuleSettings.Query),
            SensitiveQueryParameters = Read(SpanRuleSettings.SensitiveQueryParameters),
        },
        ResourceAttributes = Read(KnownSettings.ResourceAttributes),
        Attributes = new AttributesOptions { ProcessCommandLine = Read(KnownSettings.ProcessCommandLine) },
        InstanceId = new InstanceIdOptions { HostName = Read(InstanceIdSettings.HostName), InstanceId = Read(InstanceIdSettings.InstanceId) },
        Kubernetes = new KubernetesOptions
        {
            Enable = Read(KubernetesSettings.Enable),
            KubeconfigPath = Read(KubernetesSettings.KubeconfigPath),
            SyncTimeout = Read(KubernetesSettings.SyncTimeout),
            NodeName = Read(KubernetesSettings.NodeName),
        },
        TracesExport = new TracesExportOptions
        {
            Otlp = Otlp(KnownSettings.TracesExport),
            MaxQueueSize = Read(KnownSettings.MaxQueueSize),
            MaxExportBatchSize = Read(KnownSettings.MaxExportBatchSize),
            BatchTimeout = Read(KnownSettings.TracesBatchTimeout),
            ExportTimeout = Read(KnownSettings.ExportTimeout),
            AttributeCountLimit = Read(KnownSettings.AttributeCountLimit),
            AttributeValueLengthLimit = Read(SpanRuleSettings.AttributeValueLengthLimit),
        },
        Metrics = Metrics(),
        MetricsExport = new MetricsExportOptions
        {
            Otlp = Otlp(KnownSettings.MetricsExport),
            Interval = Read(MetricsSettings.Interval),
            ExportTimeout = Read(MetricsSettings.ExportTimeout),
            Temporality = Read(MetricsSettings.Temporality),
            Histograms = Read(MetricsSettings.Histograms),
            Ttl = Read(MetricsSettings.Ttl),
        },
        Prometheus = new PrometheusOptions
        {
            Port = Read(PrometheusSettings.Port),
            Host = Read(PrometheusSettings.Host),
            Path = Read(PrometheusSettings.Path),
            Ttl = Read(PrometheusSettings.Ttl),
        },
        InternalMetrics = new PrometheusOptions
        {
            Port = Read(PrometheusSettings.InternalPort),
            Host = Read(PrometheusSettings.InternalHost),
            Path = Read(PrometheusSettings.InternalPath),
        },
        Grafana = new GrafanaOptions
        {
            Submit = Read(GrafanaSettings.Submit),
            Zone = Read(GrafanaSettings.Zone),
            InstanceId = Read(GrafanaSettings.InstanceId),
            ApiKey = Read(GrafanaSettings.ApiKey),
        },
        Ebpf = new EbpfOptions
        {
            RingSize = Read(KnownSettings.RingSize),
            BatchTimeout = Read(KnownSettings.BatchTimeout),
            RecordEvents = Read(KnownSettings.RecordEvents),
        },
        Tracers = root.GetSection(KnownSettings.Tracers).GetChildren().ToDictionary(t => t.Key, Tracer),
        TracerVariables = variables,
    };

    private ServiceCriteria Service(IConfigurationSection service)
    {
        string key = $"{KnownSettings.Services}[{service.Key}]";
        return new ServiceCriteria
        {
            Name = Of(KnownSettings.ServicesName),
            Namespace = Of(KnownSettings.ServicesNamespace),
            OpenPorts = Of(KnownSettings.ServicesOpenPorts),
            ExePath = Of(KnownSettings.ServicesExePath),
            Routes = new ServiceRoutesOptions { Incoming = Of(RoutesSettings.ServiceIncoming), Outgoing = Of(RoutesSettings.ServiceOutgoing) },
            Sampler = Sampler(Of(SamplerSettings.ServiceName), Of(SamplerSettings.ServiceArgument)),
        };

        static SamplerOptions? Sampler(SamplerName? name, double argument) => name is { } own ? new SamplerOptions { Name = own, Argument = argument } : null;

        T Of<T>(Setting<T> setting)
        {
            string name = setting.Key[(KnownSettings.Services.Length + "[].".Length)..];
            return Read(setting, $"{service.Path}:{name.Replace('.', ':')}", $"{key}.{name}");
        }
    }

    private OtlpOptions Otlp(OtlpSettings settings) => new()
    {
        Exporter = Read(settings.Exporter),
        Endpoint = Read(settings.Endpoint),
        Protocol = Read(settings.Protocol),
        Headers = Read(settings.Headers),
        Timeout = Read(settings.Timeout),
        Compression = Read(settings.Compression),
        Insecure = Read(settings.Insecure),
        InsecureSkipVerify = Read(settings.InsecureSkipVerify),
        Certificate = Read(settings.Certificate),
        ClientCertificate = Read(settings.ClientCertificate),
        ClientKey = Read(settings.ClientKey),
    };

    private MetricsOptions Metrics() => new()
    {
        Features = Read(MetricsSettings.Features),
        CardinalityLimit = Read(MetricsSettings.CardinalityLimit),
        Exemplars = Read(MetricsSettings.Exemplars),
        DurationBuckets = Read(MetricsSettings.DurationBuckets),
        SizeBuckets = Read(MetricsSettings.SizeBuckets),
        Names = Read(MetricsSettings.Names),
        StabilityOptIn = Read(MetricsSettings.StabilityOptIn),
        // Either exporter's key switches the label on for both: they read the same series.
        ReportTarget = Read(MetricsSettings.ReportTarget) | Read(PrometheusSettings.ReportTarget),
        ReportPeer = Read(MetricsSettings.ReportPeer) | Read(PrometheusSettings.ReportPeer),
    };

    private TracerOptions Tracer(IConfigurationSection tracer) => new()
    {
        Enabled = Read(KnownSettings.TracerEnabled, $"{tracer.Path}:enabled", $"tracers.{tracer.Key}.enabled"),
        Table = tables.GetValueOrDefault(tracer.Key),
    };

    private T Read<T>(Setting<T> setting) => Read(setting, setting.Path, setting.Key);

    private T Read<T>(Setting<T> setting, string path, string key)
    {
        (T value, SettingOrigin origin) = (setting.Default, new SettingOrigin(SettingSource.Default, Name: null));
        foreach (SettingsProvider provider in root.Providers.OfType<SettingsProvider>())
        {
            if (!provider.TryGet(path, out string? text)) continue;
            origin = provider.OriginOf(path);
            try
            {
                value = setting.Parse(text!);
            }
            catch (FormatException e)
            {
                string name = origin.Source == SettingSource.File ? $"{setting.Name}: " : "";
                report.Error(origin, name + e.Message);
            }
        }
        string shown = setting.Format(value);
        int fingerprint = shown.GetHashCode(StringComparison.Ordinal);
        if (shown.Length > 0) shown = setting.IsSecret ? SecretMask.Text : SecretMask.OfUrl(shown);
        _resolved.Add(new ResolvedSetting(key, shown.Length == 0 ? null : shown, origin) { Fingerprint = fingerprint, Live = setting.Live });
        return value;
    }
}

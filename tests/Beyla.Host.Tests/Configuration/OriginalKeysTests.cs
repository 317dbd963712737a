using Beyla.Host.Configuration.Settings;

namespace Beyla.Host.Tests.Configuration;

/// <summary>Whoever replaces the original keeps its configuration: each of its keys and variables is a setting here, or refused with the reason.</summary>
public class OriginalKeysTests
{
    /// <summary>The keys of Beyla 1.1 (pkg/beyla/config.go) with their variables.</summary>
    private static readonly (string Key, string[] Variables)[] Keys =
    [
        ("open_port", ["BEYLA_OPEN_PORT"]),
        ("executable_name", ["BEYLA_EXECUTABLE_NAME"]),
        ("service_name", ["BEYLA_SERVICE_NAME", "OTEL_SERVICE_NAME"]),
        ("service_namespace", ["BEYLA_SERVICE_NAMESPACE"]),
        ("log_level", ["BEYLA_LOG_LEVEL"]),
        ("print_traces", ["BEYLA_PRINT_TRACES"]),
        ("noop", ["BEYLA_NOOP_TRACES"]),
        ("channel_buffer_len", ["BEYLA_CHANNEL_BUFFER_LEN"]),
        ("profile_port", ["BEYLA_PROFILE_PORT"]),
        ("discovery.services", []),
        ("discovery.services[].name", []),
        ("discovery.services[].namespace", []),
        ("discovery.services[].open_ports", []),
        ("discovery.services[].exe_path_regexp", []),
        ("discovery.poll_interval", ["BEYLA_DISCOVERY_POLL_INTERVAL"]),
        ("discovery.system_wide", ["BEYLA_SYSTEM_WIDE"]),
        ("discovery.skip_go_specific_tracers", ["BEYLA_SKIP_GO_SPECIFIC_TRACERS"]),
        ("discovery.bpf_pid_filter_off", ["BEYLA_BPF_PID_FILTER_OFF"]),
        ("ebpf.bfp_debug", ["BEYLA_BPF_DEBUG"]),
        ("ebpf.wakeup_len", ["BEYLA_BPF_WAKEUP_LEN"]),
        ("ebpf.batch_length", ["BEYLA_BPF_BATCH_LENGTH"]),
        ("ebpf.batch_timeout", ["BEYLA_BPF_BATCH_TIMEOUT"]),
        ("ebpf.bpf_fs_base_dir", ["BEYLA_BPF_FS_BASE_DIR"]),
        ("ebpf.track_request_headers", ["BEYLA_BPF_TRACK_REQUEST_HEADERS"]),
        ("attributes.instance_id.dns", ["BEYLA_HOSTNAME_DNS_RESOLUTION"]),
        ("attributes.instance_id.override_hostname", ["BEYLA_HOSTNAME"]),
        ("attributes.instance_id.override_instance_id", ["BEYLA_INSTANCE_ID"]),
        ("attributes.instance_id.internal_cache_len", []),
        ("otel_traces_export.endpoint", ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]),
        ("otel_traces_export.protocol", ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]),
        ("otel_traces_export.insecure_skip_verify", ["BEYLA_OTEL_INSECURE_SKIP_VERIFY"]),
        ("otel_traces_export.max_queue_size", ["BEYLA_OTLP_TRACES_MAX_QUEUE_SIZE"]),
        ("otel_traces_export.max_export_batch_size", ["BEYLA_OTLP_TRACES_MAX_EXPORT_BATCH_SIZE"]),
        ("otel_traces_export.batch_timeout", ["BEYLA_OTLP_TRACES_BATCH_TIMEOUT"]),
        ("otel_traces_export.export_timeout", ["BEYLA_OTLP_TRACES_EXPORT_TIMEOUT"]),
        ("otel_traces_export.reporters_cache_len", ["BEYLA_TRACES_REPORT_CACHE_LEN"]),
        ("otel_traces_export.sampler.name", ["OTEL_TRACES_SAMPLER"]),
        ("otel_traces_export.sampler.arg", ["OTEL_TRACES_SAMPLER_ARG"]),
        ("otel_metrics_export.interval", ["BEYLA_METRICS_INTERVAL"]),
        ("otel_metrics_export.endpoint", ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]),
        ("otel_metrics_export.protocol", ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]),
        ("otel_metrics_export.insecure_skip_verify", ["BEYLA_OTEL_INSECURE_SKIP_VERIFY"]),
        ("otel_metrics_export.report_target", ["BEYLA_METRICS_REPORT_TARGET"]),
        ("otel_metrics_export.report_peer", ["BEYLA_METRICS_REPORT_PEER"]),
        ("otel_metrics_export.buckets.duration_histogram", []),
        ("otel_metrics_export.buckets.request_size_histogram", []),
        ("otel_metrics_export.reporters_cache_len", ["BEYLA_METRICS_REPORT_CACHE_LEN"]),
        ("otel_metrics_export.otel_sdk_log_level", ["BEYLA_OTEL_SDK_LOG_LEVEL"]),
        ("prometheus_export.port", ["BEYLA_PROMETHEUS_PORT"]),
        ("prometheus_export.path", ["BEYLA_PROMETHEUS_PATH"]),
        ("prometheus_export.report_target", ["BEYLA_METRICS_REPORT_TARGET"]),
        ("prometheus_export.report_peer", ["BEYLA_METRICS_REPORT_PEER"]),
        ("prometheus_export.buckets.duration_histogram", []),
        ("prometheus_export.buckets.request_size_histogram", []),
        ("internal_metrics.prometheus.port", ["BEYLA_INTERNAL_METRICS_PROMETHEUS_PORT"]),
        ("internal_metrics.prometheus.path", ["BEYLA_INTERNAL_METRICS_PROMETHEUS_PATH"]),
        ("routes.patterns", []),
        ("routes.unmatched", []),
        ("routes.ignored_patterns", []),
        ("routes.ignore_mode", []),
        ("attributes.kubernetes.enable", ["BEYLA_KUBE_METADATA_ENABLE"]),
        ("attributes.kubernetes.kubeconfig_path", ["KUBECONFIG"]),
        ("attributes.kubernetes.informers_sync_timeout", ["BEYLA_KUBE_INFORMERS_SYNC_TIMEOUT"]),
        ("grafana.otlp.cloud_submit", ["GRAFANA_CLOUD_SUBMIT"]),
        ("grafana.otlp.cloud_zone", ["GRAFANA_CLOUD_ZONE"]),
        ("grafana.otlp.cloud_instance_id", ["GRAFANA_CLOUD_INSTANCE_ID"]),
        ("grafana.otlp.cloud_api_key", ["GRAFANA_CLOUD_API_KEY"]),
    ];

    [Fact]
    public void Schema_EachKeyOfTheOriginal_IsASettingOrRefused() => Assert.Empty(Keys
        .Where(k => SettingsSchema.Kind(k.Key[..(k.Key.LastIndexOf('.') + 1)], k.Key[(k.Key.LastIndexOf('.') + 1)..]) == SchemaKind.Unknown)
        .Select(k => k.Key));

    [Fact]
    public void Schema_EachVariableOfTheOriginal_IsASettingOrRefused()
    {
        HashSet<string> known = [.. KnownSettings.All.SelectMany(s => s.Environment).Select(e => e.Name)];
        Assert.DoesNotContain(Keys.SelectMany(k => k.Variables), v => !known.Contains(v) && RefusedSettings.OfVariable(v) is null);
    }

    /// <summary>A feature that was built must not be refused any longer.</summary>
    [Fact]
    public void RefusedSettings_None_IsASettingToo()
    {
        Assert.DoesNotContain(KnownSettings.All.Where(s => s.InFile).SelectMany(s => s.Aliases.Append(s.Key)), k => RefusedSettings.Find(k) is not null);
        Assert.DoesNotContain(KnownSettings.All.SelectMany(s => s.Environment).Select(e => e.Name), v => RefusedSettings.OfVariable(v) is not null);
        Assert.Equal(RefusedSettings.All.Count, RefusedSettings.All.Select(r => r.Key).Distinct().Count());
    }

    [Fact]
    public void RefusedSettings_Reasons_AreTheRestOfASentence() =>
        Assert.All(RefusedSettings.All, r => Assert.Matches("^[^A-Z].*[^.]$", r.Why));
}

using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Sources;

namespace Beyla.Host.Tests.Configuration;

public class PrecedenceTests
{
    /// <summary>For each setting one value a source: file (TOML), environment, flag (text as `config show` prints it).</summary>
    private static readonly Dictionary<string, (string Toml, string Shown, string Environment, string Flag)> Samples = new()
    {
        ["open_port"] = ("[80, \"90-92\"]", "80,90-92", "81", "82"),
        ["executable_name"] = ("'a$'", "a$", "b", "c"),
        ["service_name"] = ("'a'", "a", "b", "c"),
        ["service_namespace"] = ("'a'", "a", "b", "c"),
        ["trace_printer"] = ("'text'", "text", "json", "counter"),
        ["log_level"] = ("'debug'", "DEBUG", "WARN", "ERROR"),
        ["plugins_path"] = ("['a', 'b']", "a:b", "c:d", "e"),
        ["plugins.trust"] = ("'owner'", "owner", "hash-list", ""),
        ["plugins.allow"] = ("['attach:*', 'payload:url']", "attach:*,payload:url", "helper:*", ""),
        ["plugins.hashes"] = ($"['{Hash('a')}', '{Hash('b')}']", $"{Hash('a')},{Hash('b')}", Hash('c'), ""),
        ["plugins.keys"] = ("['a.pem', 'b.pem']", "a.pem,b.pem", "c.pem", ""),
        ["discovery.poll_interval"] = ("'1s'", "1s", "2m", "250ms"),
        ["discovery.exclude_otel_instrumented_services"] = ("false", "false", "true", ""),
        ["attributes.process_command_line"] = ("true", "true", "false", ""),
        ["discovery.skip_go_specific_tracers"] = ("true", "true", "false", ""),
        ["discovery.system_wide"] = ("true", "true", "false", ""),
        ["attributes.instance_id.override_hostname"] = ("'a'", "a", "b", ""),
        ["attributes.instance_id.override_instance_id"] = ("'a'", "a", "b", ""),
        ["grafana.otlp.cloud_submit"] = ("['traces', 'metrics']", "traces,metrics", "metrics", ""),
        ["grafana.otlp.cloud_zone"] = ("'a'", "a", "b", ""),
        ["grafana.otlp.cloud_instance_id"] = ("'1'", "1", "2", ""),
        ["grafana.otlp.cloud_api_key"] = ("'a'", "***", "b", ""),
        ["ebpf.ring_size"] = ("65536", "64KiB", "1MiB", ""),
        ["traces.propagators"] = ("['b3', 'none']", "b3,none", "b3multi", ""),
        ["ebpf.batch_timeout"] = ("'1ms'", "1ms", "2ms", ""),
        ["resource_attributes"] = ("{ a = 'b c' }", "a=b%20c", "d=e", ""),
        ["otel_traces_export.exporter"] = ("'otlp'", "otlp", "none", ""),
        ["otel_traces_export.endpoint"] = ("'http://a:1'", "http://a:1", "b:2", ""),
        ["otel_traces_export.protocol"] = ("'grpc'", "grpc", "http/json", ""),
        ["otel_traces_export.headers"] = ("{ a = 'b' }", "***", "c=d", ""),
        ["otel_traces_export.timeout"] = ("'1s'", "1s", "2s", ""),
        ["otel_traces_export.compression"] = ("'gzip'", "gzip", "none", ""),
        ["otel_traces_export.insecure"] = ("true", "true", "false", ""),
        ["otel_traces_export.insecure_skip_verify"] = ("true", "true", "false", ""),
        ["otel_traces_export.certificate"] = ("'a.pem'", "a.pem", "b.pem", ""),
        ["otel_traces_export.client_certificate"] = ("'a.pem'", "a.pem", "b.pem", ""),
        ["otel_traces_export.client_key"] = ("'a.pem'", "a.pem", "b.pem", ""),
        ["otel_traces_export.max_queue_size"] = ("10", "10", "20", ""),
        ["otel_traces_export.max_export_batch_size"] = ("10", "10", "20", ""),
        ["otel_traces_export.batch_timeout"] = ("'1s'", "1s", "2s", ""),
        ["otel_traces_export.export_timeout"] = ("'1s'", "1s", "2s", ""),
        ["otel_traces_export.attribute_count_limit"] = ("10", "10", "20", ""),
        ["otel_traces_export.attribute_value_length_limit"] = ("10", "10", "20", ""),
        ["routes.patterns"] = ("['/a/:b', '/c']", "/a/:b,/c", "/d", ""),
        ["routes.ignored_patterns"] = ("['/a/:b', '/c']", "/a/:b,/c", "/d", ""),
        ["routes.ignore_mode"] = ("'traces'", "traces", "metrics", ""),
        ["routes.unmatched"] = ("'path'", "path", "low-cardinality", ""),
        ["routes.wildcard_char"] = ("'#'", "#", "-", ""),
        ["routes.max_path_segment_cardinality"] = ("5", "5", "6", ""),
        ["filter.application"] = ("{ url_path = { match = '/a,b' }, x = { not_match = 'y' } }", "url_path=/a%2Cb;x!=y", "z=1", ""),
        ["filter.mode"] = ("'traces'", "traces", "metrics", ""),
        ["attributes.select"] = ("{ 'http.*' = { include = ['a', 'b'], exclude = ['c'] } }", "http.*=a,b,!c", "x=y", ""),
        ["http.query"] = ("'keep'", "keep", "redact", ""),
        ["http.sensitive_query_parameters"] = ("['a', 'b']", "a,b", "c", ""),
        ["traces.sampler.name"] = ("'always_off'", "always_off", "traceidratio", ""),
        ["traces.sampler.arg"] = ("0.5", "0.5", "0.25", ""),
        ["attributes.kubernetes.enable"] = ("true", "true", "autodetect", ""),
        ["attributes.kubernetes.kubeconfig_path"] = ("'/a'", "/a", "/b", ""),
        ["attributes.kubernetes.informers_sync_timeout"] = ("'1s'", "1s", "2s", ""),
        ["attributes.kubernetes.node_name"] = ("'a'", "a", "b", ""),
        ["otel_metrics_export.interval"] = ("'1s'", "1s", "2s", ""),
        ["otel_metrics_export.export_timeout"] = ("'1s'", "1s", "2s", ""),
        ["otel_metrics_export.temporality"] = ("'delta'", "delta", "cumulative", ""),
        ["otel_metrics_export.histogram_aggregation"] = ("'base2_exponential_bucket_histogram'", "base2_exponential_bucket_histogram", "explicit_bucket_histogram", ""),
        ["otel_metrics_export.ttl"] = ("'1m'", "1m", "2m", ""),
        ["otel_metrics_export.report_target"] = ("true", "true", "false", ""),
        ["otel_metrics_export.report_peer"] = ("true", "true", "false", ""),
        ["metrics.features"] = ("['application_span', 'application_service_graph']", "application_span,application_service_graph", "application_span_otel", ""),
        ["metrics.cardinality_limit"] = ("10", "10", "20", ""),
        ["metrics.exemplar_filter"] = ("'always_on'", "always_on", "always_off", ""),
        ["metrics.buckets.duration_histogram"] = ("[0.5, 1]", "0.5,1", "1,2", ""),
        ["metrics.buckets.size_histogram"] = ("[64, 1024]", "64,1024", "1,2", ""),
        ["compat.metric_names"] = ("'beyla-v1'", "beyla-v1", "current", ""),
        ["compat.semconv_stability_opt_in"] = ("['http/dup', 'rpc']", "http/dup,rpc", "database", ""),
        ["prometheus_export.port"] = ("9400", "9400", "9401", ""),
        ["prometheus_export.host"] = ("'127.0.0.1'", "127.0.0.1", "localhost", ""),
        ["prometheus_export.path"] = ("'/a'", "/a", "/b", ""),
        ["prometheus_export.ttl"] = ("'1m'", "1m", "2m", ""),
        ["prometheus_export.report_target"] = ("true", "true", "false", ""),
        ["prometheus_export.report_peer"] = ("true", "true", "false", ""),
        ["internal_metrics.prometheus.port"] = ("9400", "9400", "9401", ""),
        ["internal_metrics.prometheus.host"] = ("'127.0.0.1'", "127.0.0.1", "localhost", ""),
        ["internal_metrics.prometheus.path"] = ("'/a'", "/a", "/b", ""),
        ["ebpf.record_events"] = ("'a.events'", "a.events", "b.events", ""),
    };

    /// <summary>The settings that every signal has in its own table have the samples of the traces'.</summary>
    static PrecedenceTests()
    {
        foreach (Setting setting in KnownSettings.MetricsExport.All)
            Samples[setting.Key] = Samples[setting.Key.Replace("otel_metrics_export", "otel_traces_export", StringComparison.Ordinal)];
    }

    /// <summary>Other settings without which a setting is a mistake.</summary>
    private static readonly Dictionary<string, string> Companions = new()
    {
        ["grafana.otlp.cloud_zone"] = "\ngrafana.otlp.cloud_instance_id = '1'\ngrafana.otlp.cloud_api_key = 'a'",
    };

    public static TheoryData<string> Keys => [.. KnownSettings.All.Where(s => s.InFile && !s.Key.Contains('[') && !s.Key.Contains('<')).Select(s => s.Key)];

    [Theory, MemberData(nameof(Keys))]
    public void Load_EverySource_FlagBeatsEnvironmentBeatsFileBeatsDefault(string key)
    {
        Setting setting = KnownSettings.All.Single(s => s.Key == key);
        (string toml, string shown, string environment, string flag) = Samples[key];
        string file = $"{key} = {toml}{Companions.GetValueOrDefault(key)}";
        Dictionary<string, string> variables = new() { [setting.Environment[0].Name] = environment };

        ShouldBe(key, setting.DefaultText, SettingSource.Default, new ConfigurationSources());
        ShouldBe(key, shown, SettingSource.File, new ConfigurationSources { Toml = file });
        ShouldBe(key, setting.IsSecret ? "***" : environment, SettingSource.Environment, new ConfigurationSources { Toml = file, Environment = variables });
        if (setting.Flag is not null)
            ShouldBe(key, flag, SettingSource.Flag, new ConfigurationSources { Toml = file, Environment = variables, Flags = { [setting] = flag } });
    }

    [Theory, MemberData(nameof(Keys))]
    public void Load_EmptyVariable_CountsAsNotSet(string key)
    {
        Setting setting = KnownSettings.All.Single(s => s.Key == key);
        ConfigurationSources sources = new() { Environment = setting.Environment.ToDictionary(e => e.Name, _ => "") };
        ShouldBe(key, setting.DefaultText, SettingSource.Default, sources);
    }

    [Fact]
    public void Load_ConfigFile_FlagBeatsEnvironment()
    {
        ConfigurationSources sources = new() { Toml = "service_name = 'flag'", Environment = { ["BEYLA_CONFIG_PATH"] = "absent.toml" } };
        Assert.Equal("flag", sources.Options().ServiceName);
    }

    [Fact]
    public void Load_BothServiceNames_OpenTelemetrysWins()
    {
        ConfigurationSources sources = new() { Environment = { ["BEYLA_SERVICE_NAME"] = "beyla", ["OTEL_SERVICE_NAME"] = "otel" } };
        Assert.Equal("otel", sources.Options().ServiceName);
        sources = new ConfigurationSources { Environment = { ["BEYLA_SERVICE_NAME"] = "beyla", ["OTEL_SERVICE_NAME"] = "" } };
        Assert.Equal("beyla", sources.Options().ServiceName);
    }

    [Theory]
    [InlineData("true", null, nameof(TracePrinter.Text))]
    [InlineData("false", null, nameof(TracePrinter.Disabled))]
    [InlineData("true", "counter", nameof(TracePrinter.Counter))]
    public void Load_LegacyPrintTraces_IsThePrinterUnlessThatIsGiven(string legacy, string? printer, string expected)
    {
        ConfigurationSources sources = new()
        {
            Toml = "trace_printer = 'json'",
            Environment = { ["BEYLA_PRINT_TRACES"] = legacy, ["BEYLA_TRACE_PRINTER"] = printer ?? "" },
        };
        Assert.Equal(expected, sources.Options().TracePrinter.ToString());
    }

    private static string Hash(char digit) => new(digit, 64);

    private static void ShouldBe(string key, string value, SettingSource source, ConfigurationSources sources)
    {
        BeylaConfiguration configuration = sources.Load();
        Assert.Empty(sources.Errors);
        ResolvedSetting resolved = configuration.Settings.Single(s => s.Key == key);
        Assert.Equal((value, source), (resolved.Value ?? "", resolved.Origin.Source));
    }
}

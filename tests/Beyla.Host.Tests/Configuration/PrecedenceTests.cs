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
        ["discovery.poll_interval"] = ("'1s'", "1s", "2m", "250ms"),
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
        ["ebpf.record_events"] = ("'a.events'", "a.events", "b.events", ""),
    };

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

    private static void ShouldBe(string key, string value, SettingSource source, ConfigurationSources sources)
    {
        BeylaConfiguration configuration = sources.Load();
        Assert.Empty(sources.Errors);
        ResolvedSetting resolved = configuration.Settings.Single(s => s.Key == key);
        Assert.Equal((value, source), (resolved.Value ?? "", resolved.Origin.Source));
    }
}

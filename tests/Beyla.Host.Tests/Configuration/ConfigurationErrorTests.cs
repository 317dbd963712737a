using Beyla.Host.Configuration.Settings;

namespace Beyla.Host.Tests.Configuration;

public class ConfigurationErrorTests
{
    [Theory]
    [InlineData("\nopen_prot = 1", "beyla.toml:2:1: unknown key 'open_prot' in the top level; did you mean 'open_port'?")]
    [InlineData("Open_Port = 1", "beyla.toml:1:1: unknown key 'Open_Port' in the top level; did you mean 'open_port'?")]
    [InlineData("poll_interval = '5s'", "beyla.toml:1:1: unknown key 'poll_interval' in the top level; did you mean 'discovery.poll_interval'?")]
    [InlineData("'discovery.poll_interval' = '5s'",
        "beyla.toml:1:1: unknown key 'discovery.poll_interval' in the top level; known keys: open_port, executable_name, service_name, service_namespace, "
        + "trace_printer, log_level, plugins_path, plugins, discovery, routes, filter, attributes, http, otel_traces_export, traces, resource_attributes, otel_metrics_export, metrics, compat, prometheus_export, internal_metrics, grafana, ebpf, tracers")]
    [InlineData("[discovery]\nxyzzy = 1", "beyla.toml:2:1: unknown key 'xyzzy' in [discovery]; known keys: poll_interval, system_wide, skip_go_specific_tracers, exclude_otel_instrumented_services, services")]
    [InlineData("[discovry]", "beyla.toml:1:2: unknown key 'discovry' in the top level; did you mean 'discovery'?")]
    [InlineData("[[discovery.services]]\nopen_ports = 1\nnmae = 'x'", "beyla.toml:3:1: unknown key 'nmae' in [[discovery.services]]; did you mean 'name'?")]
    [InlineData("discovery = 1", "beyla.toml:1:13: 'discovery' is a table: write [discovery], not an integer")]
    [InlineData("[discovery]\nservices = 'x'", "beyla.toml:2:12: 'discovery.services' is an array of tables: write [[discovery.services]] above each, not a string")]
    [InlineData("[[discovery.services]]\nname = 'x'", "beyla.toml:1:13: this [[discovery.services]] selects nothing; give it open_ports, exe_path or both")]
    [InlineData("[[discovery.services]]\nexe_path = 'x'\nexe_path_regexp = 'y'",
        "beyla.toml:3:1: 'exe_path_regexp' is another name of 'exe_path', which is set too; remove one of the two")]
    [InlineData("tracers = 1", "beyla.toml:1:11: 'tracers' is a table: write [tracers.<name>], not an integer")]
    [InlineData("[tracers]\nx = 1", "beyla.toml:2:5: 'tracers.x' is a table: write [tracers.x], not an integer")]
    [InlineData("[tracers.x]\nenabled = 'no'", "beyla.toml:2:11: enabled: a string stands where true or false (without quotes) is expected")]
    [InlineData("open_port = true", "beyla.toml:1:13: open_port: a boolean stands where a port, a string like \"80,8080-8089\" or an array of these is expected")]
    [InlineData("open_port = [80, [1]]", "beyla.toml:1:13: open_port: an array stands where a port, a string like \"80,8080-8089\" or an array of these is expected")]
    [InlineData("open_port = 65536", "beyla.toml:1:13: open_port: '65536' is not a port (1-65535) or a range of ports like 8080-8089")]
    [InlineData("open_port = '90-80'", "beyla.toml:1:13: open_port: '90-80' is not a port (1-65535) or a range of ports like 8080-8089")]
    [InlineData("open_port = ','", "beyla.toml:1:13: open_port: ',' names no port; write ports and ranges like 80,8080-8089")]
    [InlineData("open_port = ''", "beyla.toml:1:13: open_port: the value is empty; leave it out to keep the default")]
    [InlineData("executable_name = '('", "beyla.toml:1:19: executable_name: '(' is not a regular expression: at character 1: Not enough )'s")]
    [InlineData("executable_name = 1", "beyla.toml:1:19: executable_name: an integer stands where a string is expected")]
    [InlineData("trace_printer = 'jsn'", "beyla.toml:1:17: trace_printer: 'jsn' is none of disabled, text, json, counter; did you mean 'json'?")]
    [InlineData("log_level = 'loud'", "beyla.toml:1:13: log_level: 'loud' is none of DEBUG, INFO, WARN, ERROR")]
    [InlineData("plugins_path = ['a', 1]", "beyla.toml:1:16: plugins_path: an integer stands where a folder (a string) is expected")]
    [InlineData("discovery.poll_interval = 5", "beyla.toml:1:27: poll_interval: an integer stands where a duration in quotes like 5s, 250ms or 1m is expected")]
    [InlineData("discovery.poll_interval = '5'", "beyla.toml:1:27: poll_interval: '5' has no unit; write a duration like 5s, 250ms or 1m")]
    [InlineData("discovery.poll_interval = '5 days'", "beyla.toml:1:27: poll_interval: '5 days' is not a duration like 5s, 250ms or 1m")]
    [InlineData("discovery.poll_interval = '0s'", "beyla.toml:1:27: poll_interval: '0s' is not above zero; write a duration like 5s, 250ms or 1m")]
    [InlineData("discovery.poll_interval = '25h'", "beyla.toml:1:27: poll_interval: '25h' is longer than a day")]
    [InlineData("ebpf.ring_size = '8MB'", "beyla.toml:1:18: ring_size: '8MB' is not a number of bytes (below 2 GiB) like 65536, 512KiB or 8MiB")]
    [InlineData("ebpf.ring_size = 5000", "beyla.toml:1:18: ring_size: 5000 bytes is not a power of two of at least 4096")]
    [InlineData("ebpf.ring_size = true", "beyla.toml:1:18: ring_size: a boolean stands where a number of bytes or a string like \"8MiB\" is expected")]
    [InlineData("[ebpf]\nwakeup_len = 10", "beyla.toml:2:1: 'ebpf.wakeup_len' is refused: the kernel wakes the agent when an eighth of ebpf.ring_size is full, "
        + "and ebpf.batch_timeout bounds the wait")]
    [InlineData("network = { enable = true }", "beyla.toml:1:1: 'network' is refused: this version does not measure network flows")]
    [InlineData("print_traces = true", "beyla.toml:1:1: 'print_traces' is refused: it is called trace_printer here: write trace_printer = \"text\"")]
    [InlineData("open_port = 1\ndiscovery.system_wide = true",
        "beyla.toml:2:25: system_wide: it selects every process and excludes open_port, executable_name and [[discovery.services]]; remove one of the two")]
    [InlineData("grafana.otlp.cloud_zone = 'eu'",
        "beyla.toml:1:27: cloud_zone: cloud_instance_id (GRAFANA_CLOUD_INSTANCE_ID) and cloud_api_key (GRAFANA_CLOUD_API_KEY) are needed, too")]
    [InlineData("grafana.otlp.cloud_zone = 'e/u'", "beyla.toml:1:27: cloud_zone: 'e/u' is no zone like prod-eu-west-0")]
    [InlineData("grafana.otlp.cloud_submit = ['logs']", "beyla.toml:1:29: cloud_submit: 'logs' is none of traces, metrics")]
    [InlineData("open_port 80", "beyla.toml:1:11: '=' is missing after the key 'open_port'; found '8'")]
    public void Load_Mistake_IsOneSentenceWithItsPlace(string toml, string expected) =>
        Assert.Equal([expected], new ConfigurationSources { Toml = toml }.Mistakes());

    [Fact]
    public void Load_MistakesInEverySource_AreAllShownTheFilesFirst()
    {
        ConfigurationSources sources = new()
        {
            Toml = "open_port = 0\nlog_level = 'x'\nbad = 1\n",
            Environment = { ["BEYLA_OPEN_PORT"] = "x", ["BEYLA_PRINT_TRACES"] = "maybe" },
            Flags = { [KnownSettings.PollInterval] = "5" },
        };
        Assert.Equal(
            [
                "beyla.toml:1:13: open_port: '0' is not a port (1-65535) or a range of ports like 8080-8089",
                "beyla.toml:2:13: log_level: 'x' is none of DEBUG, INFO, WARN, ERROR",
                "beyla.toml:3:1: unknown key 'bad' in the top level; known keys: open_port, executable_name, service_name, service_namespace, "
                    + "trace_printer, log_level, plugins_path, plugins, discovery, routes, filter, attributes, http, otel_traces_export, traces, resource_attributes, otel_metrics_export, metrics, compat, prometheus_export, internal_metrics, grafana, ebpf, tracers",
                "BEYLA_PRINT_TRACES: 'maybe' is neither true nor false",
                "BEYLA_OPEN_PORT: 'x' is not a port (1-65535) or a range of ports like 8080-8089",
                "--poll-interval: '5' has no unit; write a duration like 5s, 250ms or 1m",
            ],
            sources.Mistakes());
    }

    [Fact]
    public void Load_FileIsAbsentOrAFolder_SaysWhoNamedIt()
    {
        ConfigurationSources absent = new() { Environment = { ["BEYLA_CONFIG_PATH"] = "/absent/beyla.toml" } };
        Assert.Equal(["BEYLA_CONFIG_PATH: cannot read the configuration file '/absent/beyla.toml': it does not exist"], absent.Mistakes());
        ConfigurationSources folder = new() { Flags = { [KnownSettings.ConfigPath] = "/proc" } };
        Assert.Equal(["--config: cannot read the configuration file '/proc': it is a folder"], folder.Mistakes());
    }
}

using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Import;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Tests.Configuration;

public class ConfigurationImportTests
{
    [Fact]
    public void Translate_WholeFile_GivesOurSettingsAndTellsTheRest()
    {
        (string toml, string[] notes) = Translate("""
            # of the original
            log_level: debug
            print_traces: true
            open_port: 8080-8089
            executable_name: '(cart|shop)\d$'
            channel_buffer_len: 33
            profile_port: 6060
            ebpf:
              wakeup_len: 100
              batch_timeout: 20ms
            discovery:
              poll_interval: 1m
              skip_go_specific_tracers: yes
              services:
                - name: checkout
                  namespace: shop
                  open_ports: 80,443
                - exe_path_regexp: "/srv/.*"
                  name: 7
                - k8s_namespace: default
            otel_traces_export: { endpoint: 'http://collector:4318', max_queue_size: "100" }
            grafana:
              otlp:
                cloud_submit: [traces, metrics]
            attributes:
              instance_id:
                dns: false
                override_hostname: node7
            nonsense: 1
            empty:
            """);

        Assert.Equal("""
            log_level = "debug"
            trace_printer = "text"
            open_port = "8080-8089"
            executable_name = '(cart|shop)\d$'

            [ebpf]
            batch_timeout = "20ms"

            [discovery]
            poll_interval = "1m"
            skip_go_specific_tracers = true

            [[discovery.services]]
            name = "checkout"
            namespace = "shop"
            open_ports = "80,443"

            [[discovery.services]]
            exe_path = "/srv/.*"
            name = "7"

            [otel_traces_export]
            endpoint = "http://collector:4318"
            max_queue_size = 100

            [grafana.otlp]
            cloud_submit = ["traces", "metrics"]

            [attributes.instance_id]
            override_hostname = "node7"

            """, toml);
        Assert.Equal(
            [
                "6:1: 'channel_buffer_len' is not carried over: spans are written to their exporter by the thread that reads them, there is no queue in between",
                "7:1: 'profile_port' is not carried over: this is a .NET program: dotnet-trace and dotnet-counters attach to it as it is",
                "9:3: 'ebpf.wakeup_len' is not carried over: the kernel wakes the agent when an eighth of ebpf.ring_size is full, and ebpf.batch_timeout bounds the wait",
                "20:7: 'discovery.services[].k8s_namespace' is not carried over: this version has no such setting",
                "20:7: this entry of 'discovery.services' is not carried over: nothing is left that selects processes",
                "27:5: 'attributes.instance_id.dns' is not carried over: the host's name is what its kernel says, no name server is asked",
                "29:1: 'nonsense' is not carried over: this version has no such setting",
            ],
            notes);
        BeylaOptions options = new ConfigurationSources { Toml = toml }.Options();
        Assert.Equal(TracePrinter.Text, options.TracePrinter);
        Assert.Equal(["checkout", "7"], options.Discovery.Services.Select(s => s.Name));
    }

    [Fact]
    public void Translate_SelectionByGlobs_BecomesRegularExpressionsOnTheWholePath()
    {
        (string toml, string[] notes) = Translate("""
            auto_target_exe: "*/shop{,-v?}"
            discovery:
              instrument:
                - exe_path: "/srv/[a-c]*/cart"
                  name: cart
                  open_ports: 8080
                - k8s_deployment_name: "front*"
              services:
                - open_ports: 9090
            """);

        Assert.Equal("""
            executable_name = '^.*/shop(?:|-v.)$'

            [[discovery.services]]
            exe_path = "^/srv/[a-c].*/cart$"
            name = "cart"
            open_ports = 8080

            [[discovery.services]]
            open_ports = 9090

            """.Replace("'^.*/shop(?:|-v.)$'", "\"^.*/shop(?:|-v.)$\"", StringComparison.Ordinal), toml);
        Assert.Equal(
            [
                "7:7: 'discovery.instrument[].k8s_deployment_name' is not carried over: this version has no such setting",
                "7:7: this entry of 'discovery.instrument' is not carried over: nothing is left that selects processes",
            ],
            notes);
        BeylaOptions options = new ConfigurationSources { Toml = toml }.Options();
        Assert.Matches(options.Discovery.Services[0].ExePath!, "/srv/b1/x/cart");
        Assert.DoesNotMatch(options.Discovery.Services[0].ExePath!, "/srv/b1/x/cartel");
        Assert.Matches(options.ExecutableName!, "/opt/shop-v2");
    }

    [Fact]
    public void Translate_SettingsThatMoved_FindTheirPlace() => Assert.Equal("""
        [traces.sampler]
        name = "parentbased_traceidratio"
        arg = "0.1"

        [metrics]
        features = ["application", "application_process"]

        [metrics.buckets]
        duration_histogram = [0, 0.5, 1]
        size_histogram = [10, 100]

        """, Translate("""
        otel_traces_export:
          sampler: { name: parentbased_traceidratio, arg: "0.1" }
        otel_metrics_export:
          features: [application, application_process]
          buckets:
            duration_histogram: [0, 0.5, 1]
            request_size_histogram: [10, 100]
        """).Toml);

    [Theory]
    [InlineData("open_port: 0", "1:1: 'open_port' is not carried over: '0' is not a port (1-65535) or a range of ports like 8080-8089")]
    [InlineData("discovery: 1", "1:1: 'discovery' is not carried over: an integer stands where tables are expected")]
    [InlineData("discovery:\n  services: {}", "2:3: 'discovery.services' is not carried over: a table stands where tables are expected")]
    [InlineData("print_traces: often", "1:1: 'print_traces' is not carried over: it is neither true nor false")]
    [InlineData("ebpf:\n  batch_timeout: 5", "2:3: 'ebpf.batch_timeout' is not carried over: an integer stands where a duration in quotes like 5s, 250ms or 1m is expected")]
    public void Translate_ValueThatIsWrong_IsLeftOutWithTheReason(string yaml, string note)
    {
        (string toml, string[] notes) = Translate(yaml);
        Assert.Equal(("", note), (toml, Assert.Single(notes)));
    }

    [Theory]
    [InlineData("service_name: ${NAME}\nopen_port: ${PORT:-80}", "service_name = \"${NAME}\"\nopen_port = \"${PORT:-80}\"\n")]
    [InlineData("defaults: &d\n  poll_interval: 7s\ndiscovery:\n  <<: *d", "[discovery]\npoll_interval = \"7s\"\n")]
    [InlineData("", "")]
    [InlineData("# nothing\n", "")]
    [InlineData("service_name: 'a: \"b\" # c'", "service_name = \"a: \\\"b\\\" # c\"\n")]
    [InlineData("service_name: |\n  two\n  lines\n", "service_name = \"two\\u000Alines\\u000A\"\n")]
    public void Translate_YamlsForms_AreUnderstood(string yaml, string toml) => Assert.Equal(toml, Translate(yaml).Toml);

    [Theory]
    [InlineData("a: [1", "a.yml:2:1: this is not YAML: ")]
    [InlineData("- 1", "a.yml:1:1: this is no mapping of keys to values")]
    [InlineData("a: 1\n---\nb: 2", "a.yml:3:1: a second document begins here; a configuration is one document")]
    [InlineData("a: 1\na: 2", "a.yml:2:1: this is not YAML: Duplicate key")]
    [InlineData("? [a]\n: 1", "a.yml:1:3: a key is not a plain text")]
    [InlineData("a: &x { b: *x }", "a.yml:1:4: ")]
    public void Parse_NoConfiguration_SaysWhere(string yaml, string message) =>
        Assert.StartsWith(message, Assert.Throws<TomlException>(() => YamlReader.Parse(yaml, "a.yml")).Message, StringComparison.Ordinal);

    /// <summary>Aliases of aliases: a gigabyte out of a few lines.</summary>
    [Fact]
    public void Parse_AliasesThatMultiply_AreRefused()
    {
        string yaml = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + string.Concat(Enumerable.Range(1, 8).Select(i =>
            $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.EndsWith("its aliases repeat too much", Assert.Throws<TomlException>(() => YamlReader.Parse(yaml, "a.yml")).Message, StringComparison.Ordinal);
    }

    private static (string Toml, string[] Notes) Translate(string yaml)
    {
        (TomlTable configuration, IReadOnlyList<ImportNote> notes) = ConfigurationImport.Translate(YamlReader.Parse(yaml, "a.yml"));
        return (TomlText.Of(configuration), [.. notes.Select(n => $"{n.Position}: {n.Sentence}")]);
    }
}

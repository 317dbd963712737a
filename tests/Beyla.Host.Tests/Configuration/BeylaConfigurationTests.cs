using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Configuration;

public class BeylaConfigurationTests
{
    [Fact]
    public void Load_WholeFile_IsBoundToTheOptions()
    {
        BeylaOptions options = new ConfigurationSources
        {
            Toml = """
                open_port = 8080
                executable_name = '/prom.*$'
                service_name = "shop"
                service_namespace = "eu"
                trace_printer = "json"
                log_level = "warn"
                plugins_path = ["plugins", "more"]

                [discovery]
                poll_interval = "1m30s"

                [[discovery.services]]
                name = "a"
                namespace = "n"
                open_ports = [80, "90-91"]

                [[discovery.services]]
                exe_path_regexp = "b$"

                [ebpf]
                ring_size = "1MiB"
                batch_timeout = "5ms"
                """,
        }.Options();

        Assert.Equal("8080", options.OpenPort.ToString());
        Assert.Matches(options.ExecutableName!, "/usr/bin/prometheus");
        Assert.Equal(("shop", "eu"), (options.ServiceName, options.ServiceNamespace));
        Assert.Equal((TracePrinter.Json, LogLevel.Warning), (options.TracePrinter, options.LogLevel));
        Assert.Equal(["plugins", "more"], options.PluginsPath);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Discovery.PollInterval);
        Assert.Equal((1 << 20, TimeSpan.FromMilliseconds(5)), (options.Ebpf.RingSize, options.Ebpf.BatchTimeout));
        Assert.Collection(options.Discovery.Services,
            s => Assert.Equal(("a", "n", "80,90-91", null), (s.Name, s.Namespace, s.OpenPorts.ToString(), s.ExePath?.ToString())),
            s => Assert.Equal((null, null, "", "b$"), (s.Name, s.Namespace, s.OpenPorts.ToString(), s.ExePath?.ToString())));
    }

    [Fact]
    public void Load_MoreThanTenServices_KeepTheOrderOfTheFile()
    {
        string toml = string.Concat(Enumerable.Range(1, 25).Select(i => $"[[discovery.services]]\nname = 's{i}'\nopen_ports = {i}\n"));
        BeylaOptions options = new ConfigurationSources { Toml = toml }.Options();
        Assert.Equal(Enumerable.Range(1, 25).Select(i => $"s{i}"), options.Discovery.Services.Select(s => s.Name));
    }

    [Fact]
    public void Load_TracerTables_KeepTheTracersOwnKeys()
    {
        BeylaOptions options = new ConfigurationSources
        {
            Toml = """
                [tracers.net-http]
                enabled = false
                headers = ["a", "b"]
                limits = { size = 10 }
                [tracers.go-sql]
                """,
        }.Options();

        Assert.Equal(["go-sql", "net-http"], options.Tracers.Keys.Order());
        Assert.True(options.Tracers["go-sql"].Enabled);
        Assert.False(options.Tracers["net-http"].Enabled);
        Assert.Equal(["enabled", "headers", "limits"], options.Tracers["net-http"].Table!.Content.Entries.Keys);
    }

    [Fact]
    public void HasCriteria_NothingGiven_IsFalseAndEachCriterionMakesItTrue()
    {
        Assert.False(new ConfigurationSources { Toml = "service_name = 'x'" }.Options().HasCriteria);
        Assert.True(new ConfigurationSources { Toml = "open_port = 1" }.Options().HasCriteria);
        Assert.True(new ConfigurationSources { Toml = "discovery.system_wide = true" }.Options().HasCriteria);
        Assert.True(new ConfigurationSources { Toml = "executable_name = 'x'" }.Options().HasCriteria);
        Assert.True(new ConfigurationSources { Toml = "[[discovery.services]]\nexe_path = 'x'" }.Options().HasCriteria);
    }

    [Fact]
    public void Load_RefusedVariable_IsAWarningThatSaysWhy()
    {
        ConfigurationSources sources = new() { Environment = { ["BEYLA_CHANNEL_BUFFER_LEN"] = "10" } };
        BeylaConfiguration configuration = sources.Load();
        Assert.Empty(sources.Errors);
        Assert.Equal(
            ["the environment variable BEYLA_CHANNEL_BUFFER_LEN has no effect: spans are written to their exporter by the thread that reads them, there is no queue in between"],
            configuration.Report.Warnings);
    }

    [Fact]
    public void Load_UnknownVariables_AreWarningsWithTheNearestName()
    {
        ConfigurationSources sources = new()
        {
            Environment = { ["BEYLA_OPEN_PROT"] = "80", ["BEYLA_XYZZY"] = "1", ["BEYLA_REQUIRE_BPF"] = "1", ["OTHER"] = "1", ["BEYLA_OPEN_PORT"] = "80" },
        };
        BeylaConfiguration configuration = sources.Load();
        Assert.Empty(sources.Errors);
        Assert.Equal(
            [
                "the environment variable BEYLA_OPEN_PROT is not a setting of this version and has no effect; did you mean BEYLA_OPEN_PORT?",
                "the environment variable BEYLA_XYZZY is not a setting of this version and has no effect",
            ],
            configuration.Report.Warnings);
    }

    [Fact]
    public void Load_ValuesOnlyInOneSource_ChangeNothingElse()
    {
        BeylaOptions options = new ConfigurationSources { Flags = { [KnownSettings.OpenPort] = "1-2" } }.Options();
        Assert.True(options.OpenPort.Contains(2));
        Assert.Equal(LogLevel.Information, options.LogLevel);
        Assert.Empty(options.Discovery.Services);
    }
}

using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Tracers;

namespace Beyla.Host.Tests.Configuration;

public class ExpansionTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["PORT"] = "8080", ["EMPTY"] = "", ["_a1"] = "${PORT}", ["YES"] = "true", ["LIST"] = "a, b" };

    [Theory]
    [InlineData("${PORT}", "8080")]
    [InlineData("a-${PORT}-b-${PORT}", "a-8080-b-8080")]
    [InlineData("${PORT:-1}", "8080")]
    [InlineData("${ABSENT:-1}", "1")]
    [InlineData("${EMPTY:-1}", "1")]
    [InlineData("a${EMPTY}b", "ab")]
    [InlineData("a${ABSENT:-}b", "ab")]
    [InlineData("${_a1}", "${PORT}")] // what a variable holds is not expanded again
    [InlineData("$${PORT}", "${PORT}")]
    [InlineData("$$${PORT}", "$${PORT}")]
    [InlineData("$PORT $ {PORT} a$", "$PORT $ {PORT} a$")]
    [InlineData("${ABSENT:-a:-b}", "a:-b")]
    public void Text_WithVariables_IsExpanded(string text, string expected) =>
        Assert.Equal(expected, Options($"service_name = '{text}'").ServiceName);

    [Fact]
    public void Value_OfAnyType_ReadsTheVariableAsItsText()
    {
        BeylaOptions options = Options("""
            open_port = "80,${PORT}"
            plugins_path = ["a/${PORT}", "b"]
            resource_attributes = { port = "${PORT}" }
            [discovery]
            system_wide = "${NO:-false}"
            poll_interval = "${INTERVAL:-7s}"
            [[discovery.services]]
            name = "at-${PORT}"
            open_ports = ["${PORT}", 9090]
            [otel_traces_export]
            insecure = "${YES}"
            max_queue_size = "${PORT}"
            """);
        Assert.Equal("80,8080", options.OpenPort.ToString());
        Assert.Equal(["a/8080", "b"], options.PluginsPath);
        Assert.Equal([new("port", "8080")], options.ResourceAttributes);
        Assert.Equal(TimeSpan.FromSeconds(7), options.Discovery.PollInterval);
        Assert.Equal(("at-8080", "8080,9090"), (options.Discovery.Services[0].Name, options.Discovery.Services[0].OpenPorts.ToString()));
        Assert.Equal((true, 8080), (options.TracesExport.Otlp.Insecure, options.TracesExport.MaxQueueSize));
    }

    [Theory]
    [InlineData("${EMPTY}")]
    [InlineData("${ABSENT:-}")]
    public void Value_OnlyAnEmptyVariable_IsNotSet(string text)
    {
        BeylaOptions options = Options($"open_port = '{text}'\ndiscovery.poll_interval = '{text}'");
        Assert.True(options.OpenPort.IsEmpty);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Discovery.PollInterval);
    }

    [Fact]
    public void TracerTable_WithVariables_IsExpandedToTheTypeOfTheTracer()
    {
        TracerSettingsReader reader = new(Options("[tracers.t]\nenabled = '${YES}'\nlimit = '${PORT}'\nnames = '${LIST}'\nlist = ['${PORT}']\nempty = '${EMPTY}'"));
        TracerSettingValues values = reader.Read("t",
        [
            new("limit", TracerSettingType.Integer, "1", ""), new("names", TracerSettingType.Texts, "", ""), new("list", TracerSettingType.Texts, "", ""),
            new("empty", TracerSettingType.Text, "default", ""),
        ])!;
        Assert.Equal(8080, values.Integer("limit"));
        Assert.Equal(["a", "b"], values.Texts("names"));
        Assert.Equal(["8080"], values.Texts("list"));
        Assert.Equal("default", values.Text("empty"));
    }

    [Theory]
    [InlineData("open_port = '${ABSENT}'",
        "beyla.toml:1:13: the environment variable ABSENT is not set; set it, or give a default like ${ABSENT:-default}")]
    [InlineData("plugins_path = ['a', 'b${ABSENT}']",
        "beyla.toml:1:22: the environment variable ABSENT is not set; set it, or give a default like ${ABSENT:-default}")]
    [InlineData("[tracers.x.y]\nz = [{ a = '${ABSENT}' }]",
        "beyla.toml:2:12: the environment variable ABSENT is not set; set it, or give a default like ${ABSENT:-default}")]
    [InlineData("service_name = '${A-B}'",
        "beyla.toml:1:16: '${' begins no variable like ${NAME} or ${NAME:-default}; write $${ where the text itself holds ${")]
    [InlineData("service_name = '${PORT'",
        "beyla.toml:1:16: '${' begins no variable like ${NAME} or ${NAME:-default}; write $${ where the text itself holds ${")]
    [InlineData("open_port = '${PORT}0'", "beyla.toml:1:13: open_port: '80800' is not a port (1-65535) or a range of ports like 8080-8089")]
    [InlineData("open_port = 'x${ABSENT}'\nservice_name = '${PORT} ${ABSENT}'",
        "beyla.toml:1:13: the environment variable ABSENT is not set; set it, or give a default like ${ABSENT:-default}",
        "beyla.toml:2:16: the environment variable ABSENT is not set; set it, or give a default like ${ABSENT:-default}")]
    public void Text_CannotBeExpanded_SaysSoOnceWithItsPlace(string toml, params string[] expected) =>
        Assert.Equal(expected, new ConfigurationSources { Toml = toml, Environment = Variables }.Mistakes());

    private static BeylaOptions Options(string toml) => new ConfigurationSources { Toml = toml, Environment = Variables }.Options();
}

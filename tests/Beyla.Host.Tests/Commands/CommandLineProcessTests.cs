using System.Text.Json;

namespace Beyla.Host.Tests.Commands;

/// <summary>Exit codes and streams of the real program.</summary>
public class CommandLineProcessTests
{
    [Theory]
    [InlineData("", "nothing says which processes to trace; ")]
    [InlineData("run", "nothing says which processes to trace; ")]
    [InlineData("--open-port x", "--open-port: 'x' is not a port ")]
    [InlineData("run --open-prot 80", "beyla run: unknown flag '--open-prot'; did you mean '--open-port'?")]
    [InlineData("--open-prot=80", "beyla run: unknown flag '--open-prot'; did you mean '--open-port'?")]
    [InlineData("rnu", "beyla: unknown command 'rnu'; did you mean 'run'?")]
    [InlineData("run extra", "beyla run: unknown argument 'extra'; 'beyla run --help' lists what there is")]
    [InlineData("run --open-port", "beyla run: required argument missing for option: '--open-port'")]
    [InlineData("run --open-port 1 --open-port 2", "beyla run: option '--open-port' expects a single argument but 2 were provided")]
    [InlineData("inspect", "beyla inspect: required argument 'TARGET' missing")]
    [InlineData("plugins --config /absent.toml", "--config: cannot read the configuration file '/absent.toml': it does not exist")]
    [InlineData("config", "beyla config: a command is missing; choose one of check, show, schema, import")]
    [InlineData("config chek", "beyla config: unknown command 'chek'; did you mean 'check'?")]
    [InlineData("-config /absent.toml", "--config: cannot read the configuration file '/absent.toml': it does not exist")]
    public async Task Beyla_WrongUse_ExitsWith2AndOneSentenceOnStderr(string arguments, string sentence)
    {
        BeylaResult result = await BeylaProcess.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith(sentence, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', line);
    }

    [Theory]
    [InlineData("--help", "run")]
    [InlineData("run --help", "--executable-name <REGEX>")]
    [InlineData("inspect -h", "<TARGET>")]
    [InlineData("--version", "0.")]
    [InlineData("config show", "discovery.poll_interval")]
    [InlineData("config show --json", "\"settings\"")]
    public async Task Beyla_AskedForText_ExitsWith0AndWritesOnlyToStdout(string arguments, string text)
    {
        BeylaResult result = await BeylaProcess.RunAsync(arguments.Split(' '));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(text, result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
    }

    [Fact]
    public async Task ConfigCheck_GoodFile_ExitsWith0()
    {
        using TemporaryFile file = new("open_port = 80\n");
        BeylaResult result = await BeylaProcess.RunAsync("config", "check", "--config", file.Path);
        Assert.Equal((0, $"{file.Path}: ok\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task ConfigCheck_BadFileAndEnvironment_ShowsAllAndExitsWith2()
    {
        using TemporaryFile file = new("open_prot = 80\nlog_level = 1\n");
        BeylaResult result = await BeylaProcess.RunAsync(
            BeylaProcess.Executable,
            new() { ["BEYLA_CONFIG_PATH"] = file.Path, ["BEYLA_DISCOVERY_POLL_INTERVAL"] = "soon", ["BEYLA_LGO_LEVEL"] = "1" },
            ["config", "check"]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            [
                "warning: the environment variable BEYLA_LGO_LEVEL is not a setting of this version and has no effect; did you mean BEYLA_LOG_LEVEL?",
                $"{file.Path}:1:1: unknown key 'open_prot' in the top level; did you mean 'open_port'?",
                $"{file.Path}:2:13: log_level: an integer stands where a string is expected",
                "BEYLA_DISCOVERY_POLL_INTERVAL: 'soon' is not a duration like 5s, 250ms or 1m",
            ],
            result.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task ConfigCheck_Json_NamesThePlaceOfEachMistake()
    {
        using TemporaryFile file = new("open_prot = 80\n");
        BeylaResult result = await BeylaProcess.RunAsync(
            BeylaProcess.Executable, new() { ["BEYLA_LGO_LEVEL"] = "1" }, ["config", "check", "--json", "--config", file.Path, "--open-port", "x"]);

        Assert.Equal((2, ""), (result.ExitCode, result.Error));
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(file.Path, document.RootElement.GetProperty("file").GetString());
        Assert.Equal(
            [
                ($"{file.Path}:1:1", "unknown key 'open_prot' in the top level; did you mean 'open_port'?"),
                ("--open-port", "'x' is not a port (1-65535) or a range of ports like 8080-8089"),
            ],
            document.RootElement.GetProperty("mistakes").EnumerateArray().Select(m => (m.GetProperty("place").GetString()!, m.GetProperty("message").GetString()!)));
        Assert.Single(document.RootElement.GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task ConfigShow_Flags_AreMergedAsRunWould()
    {
        BeylaResult result = await BeylaProcess.RunAsync(BeylaProcess.Executable, new() { ["BEYLA_OPEN_PORT"] = "80" }, ["config", "show", "--open-port", "81"]);
        Assert.Matches(@"(?m)^open_port +81 +--open-port$", result.Output);
    }

    [Fact]
    public async Task ConfigShow_Json_NamesValueAndPlaceOfEverySetting()
    {
        using TemporaryFile file = new("service_name = 'file'\n[[discovery.services]]\nopen_ports = 1\n");
        BeylaResult result = await BeylaProcess.RunAsync(
            BeylaProcess.Executable, new() { ["BEYLA_OPEN_PORT"] = "80" }, ["config", "show", "--json", "-config", file.Path]);

        using JsonDocument document = JsonDocument.Parse(result.Output);
        Dictionary<string, string> settings = document.RootElement.GetProperty("settings").EnumerateArray()
            .ToDictionary(s => s.GetProperty("key").GetString()!, s => $"{s.GetProperty("value")} {s.GetProperty("source")} {s.GetProperty("place")}");
        Assert.Equal("80 environment BEYLA_OPEN_PORT", settings["open_port"]);
        Assert.Equal($"file file {file.Path}:1:16", settings["service_name"]);
        Assert.Equal($"1 file {file.Path}:3:14", settings["discovery.services[0].open_ports"]);
        Assert.Equal($"{file.Path} flag --config", settings["config"]);
        Assert.Equal(" default ", settings["executable_name"]);
    }

    [Theory]
    [InlineData("net-htp", "did you mean 'net-http'?")]
    [InlineData("kafka", "there ")]
    public async Task Inspect_TracerThatIsNotThere_ExitsWith2AndSaysWhatThereIs(string tracer, string help)
    {
        BeylaResult result = await BeylaProcess.RunAsync("inspect", "/bin/true", "--tracer", tracer, "--plugins", Path.Combine(RepositoryFolder.Path, "artifacts", "plugins"));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"beyla inspect: --tracer: no tracer '{tracer}' is loaded; {help}", result.Error, StringComparison.Ordinal);
    }
}

using Beyla.Host.Commands;
using Beyla.Host.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Beyla.Host.Tests.Commands;

public class CommandRunnerTests
{
    [Theory]
    [InlineData("--open-port 80")]
    [InlineData("run --open-port 80")]
    public async Task Run_WithAndWithoutTheWord_GivesTheBodyTheMergedOptions(string arguments)
    {
        BeylaOptions? seen = null;
        int exit = await RunAsync<RunArguments>(arguments, new() { ["BEYLA_SERVICE_NAME"] = "shop" }, (options, _, _) =>
        {
            seen = options;
            return Task.FromResult(ExitCode.Ok);
        });

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal(("80", "shop"), (seen!.OpenPort.ToString(), seen.ServiceName));
    }

    [Fact]
    public async Task Run_OnlyEnvironment_IsEnough()
    {
        string? ports = null;
        int exit = await RunAsync<RunArguments>("", new() { ["BEYLA_OPEN_PORT"] = "8080", ["BEYLA_LOG_LEVEL"] = "DEBUG" }, (options, _, _) =>
        {
            ports = options.OpenPort.ToString();
            return Task.FromResult(ExitCode.Ok);
        });
        Assert.Equal((ExitCode.Ok, "8080"), (exit, ports));
    }

    [Fact]
    public async Task Inspect_Flags_ReachTheBody()
    {
        InspectArguments? seen = null;
        IReadOnlyList<string> plugins = [];
        await RunAsync<InspectArguments>("inspect /bin/true --json --plugins a --plugins b", [], (options, arguments, _) =>
        {
            (seen, plugins) = (arguments, options.PluginsPath);
            return Task.FromResult(ExitCode.Ok);
        });
        Assert.Equal(new InspectArguments("/bin/true", Json: true), seen);
        Assert.Equal(["a", "b"], plugins);
    }

    [Fact]
    public async Task Plugins_ExitCodeOfTheBody_IsThatOfTheProcess() =>
        Assert.Equal(ExitCode.Failed, await RunAsync<PluginsArguments>("plugins", [], (_, arguments, _) => Task.FromResult(arguments.Json ? ExitCode.Ok : ExitCode.Failed)));

    [Fact]
    public async Task Run_BodyEndsByStop_ExitsWith0() => Assert.Equal(ExitCode.Ok, await StoppedAsync<RunArguments>("run --open-port 80"));

    [Fact]
    public async Task Plugins_BodyEndsByStop_ExitsWith1() => Assert.Equal(ExitCode.Failed, await StoppedAsync<PluginsArguments>("plugins"));

    [Fact]
    public async Task Run_BodyThrows_ExitsWith1() =>
        Assert.Equal(ExitCode.Failed, await RunAsync<RunArguments>("run --open-port 80 --log-level ERROR", [], (_, _, _) => throw new InvalidOperationException("no")));

    private static async Task<int> StoppedAsync<TArguments>(string arguments)
    {
        using CancellationTokenSource stop = new();
        return await RunAsync<TArguments>(arguments, [], async (_, _, token) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return ExitCode.Usage;
        }, stop.Token);
    }

    private static async Task<int> RunAsync<TArguments>(
        string arguments,
        Dictionary<string, string> environment,
        Func<BeylaOptions, TArguments, CancellationToken, Task<int>> body,
        CancellationToken stop = default)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        CommandRunner runner = new((services, _) => services.AddLogging().AddSingleton<ICommandBody<TArguments>>(new Body<TArguments>(body)), environment, output, error);
        int exit = await runner.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), stop);
        Assert.Equal("", error.ToString());
        return exit;
    }

    private sealed class Body<TArguments>(Func<BeylaOptions, TArguments, CancellationToken, Task<int>> body) : ICommandBody<TArguments>
    {
        public Task<int> RunAsync(BeylaOptions options, TArguments arguments, CancellationToken stop) => body(options, arguments, stop);
    }
}

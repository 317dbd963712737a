using System.Globalization;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Kernel hooks of tracers: the best front that works, for the selected processes and their children, and for nobody else.</summary>
public sealed class KernelHookTests
{
    private const string Loop = """
        import os, socket, sys, time
        def listen():
            s = socket.create_server(('127.0.0.1', 0)); kept.append(s); return s.getsockname()[1]
        kept = []
        print(listen(), flush=True)
        for line in sys.stdin:
            exec(line)
            print('done', flush=True)
        """;

    [AgentFact]
    public async Task Hook_InASelectedProcess_TellsOfItAloneByTheFrontThatWorks()
    {
        using TemporaryFolder plugins = Hooked();
        await using ChildProcess target = StartPython(), other = StartPython();
        int port = await PortOfAsync(target);
        await PortOfAsync(other);
        await using Agent agent = await StartAgentAsync(plugins, port, target.Pid);

        await TellAsync(other, "listen()");
        await TellAsync(target, "listen()");

        await Eventually.TrueAsync(() => agent.Spans.Count > 0, Eventually.Soon, () => agent.Log.ToString());
        await agent.StopAsync();
        Assert.Equal(target.Pid, Assert.Single(agent.Spans).Resource.GetProperty("process.pid").GetInt32());
        Assert.Contains(agent.Log.Lines, l => l.Contains("front nowhere is not in use", StringComparison.Ordinal));
        Assert.Contains(agent.Log.Lines, l => l.Contains("tracer hooked watches by tp-btf", StringComparison.Ordinal));
    }

    [AgentFact]
    public async Task Hook_InAChildThatWasJustForked_TellsOfIt()
    {
        using TemporaryFolder plugins = Hooked();
        await using ChildProcess target = StartPython();
        await using Agent agent = await StartAgentAsync(plugins, await PortOfAsync(target), target.Pid);

        await TellAsync(target, "os.fork() or (listen(), os._exit(0))");

        await Eventually.TrueAsync(() => agent.Spans.Count > 0, Eventually.Soon, () => agent.Log.ToString());
        await agent.StopAsync();
        Assert.Single(agent.Spans);
    }

    [AgentFact]
    public async Task Hook_InAChildThatRunsAnotherProgram_TellsNothingOfIt()
    {
        using TemporaryFolder plugins = Hooked();
        await using ChildProcess target = StartPython();
        await using Agent agent = await StartAgentAsync(plugins, await PortOfAsync(target), target.Pid);

        await TellAsync(target, "import subprocess; subprocess.run(['perl', '-MIO::Socket::INET', '-e', 'IO::Socket::INET->new(Listen => 1, LocalAddr => \"127.0.0.1\") or die'], check=True)");
        await TellAsync(target, "listen()");

        await Eventually.TrueAsync(() => agent.Spans.Count > 0, Eventually.Soon, () => agent.Log.ToString());
        await agent.StopAsync();
        Assert.Single(agent.Spans);
    }

    [AgentFact]
    public async Task Front_ThatTheTracerHasNot_IsAnErrorThatNamesThoseItHas()
    {
        using TemporaryFolder plugins = Hooked();
        string file = plugins.Write("beyla.toml", "[tracers.hooked]\nfront = \"kprobe\"\n");
        AgentOptions options = new() { OpenPort = "1", PluginsPath = plugins.Path, ConfigFile = file };

        await using ChildProcess agent = ChildProcess.Start(options.CommandLine()[0], options.CommandLine().Skip(1), options.Environment());
        await agent.ExitAsync(Eventually.Soon);

        Assert.Equal(2, agent.ExitCode);
        Assert.Contains(agent.Error.Lines, l => l.Contains("beyla.toml:2:9", StringComparison.Ordinal) && l.Contains("use auto, nowhere, tp-btf", StringComparison.Ordinal));
    }

    private static TemporaryFolder Hooked()
    {
        TemporaryFolder plugins = new();
        PluginFolders.CopyVariant(plugins, "Hooked");
        return plugins;
    }

    private static ChildProcess StartPython() => ChildProcess.Start("/usr/bin/python3", ["-u", "-c", Loop]);

    private static async Task<int> PortOfAsync(ChildProcess python)
    {
        await Eventually.TrueAsync(() => python.Output.Lines.Count > 0, Eventually.Soon, () => python.ToString());
        return int.Parse(python.Output.Lines[0], CultureInfo.InvariantCulture);
    }

    private static async Task TellAsync(ChildProcess python, string statement)
    {
        int lines = python.Output.Lines.Count;
        await python.WriteLineAsync(statement);
        await Eventually.TrueAsync(() => python.Output.Lines.Count > lines, Eventually.Soon, () => python.ToString());
    }

    private static async Task<Agent> StartAgentAsync(TemporaryFolder plugins, int port, int pid)
    {
        Agent agent = await Agent.StartAsync(o => (o.OpenPort, o.PluginsPath) = (port.ToString(CultureInfo.InvariantCulture), plugins.Path));
        await agent.AttachedAsync(pid);
        return agent;
    }
}

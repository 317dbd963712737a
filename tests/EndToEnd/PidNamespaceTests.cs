using System.Globalization;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Agent and target in a PID namespace of their own, as in a container: process ids are those that one sees there.</summary>
public sealed class PidNamespaceTests
{
    [PidNamespaceTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Agent_InItsOwnPidNamespace_TellsThePidsOfThatNamespace(Release release)
    {
        using TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        string pidFile = folder.File("pid");
        await using Agent agent = await Agent.StartAsync(o =>
        {
            o.OpenPort = TargetProcess.Text(port);
            o.Launcher = PidNamespace.AgentBeside(pidFile, release.Executable, "-listen", $"127.0.0.1:{TargetProcess.Text(port)}");
        });
        int inside = int.Parse(await File.ReadAllTextAsync(pidFile), CultureInfo.InvariantCulture);
        await agent.AttachedAsync(inside);

        using RequestClient requests = new(port);
        await requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync(requests.ServerSpans());
        Assert.All(agent.Spans, s => Assert.Equal(inside, s.ProcessId));
        // The namespace is a real one: its first process is the agent, the target comes right after it.
        Assert.InRange(inside, 2, 10);
        await agent.StopAsync();
    }
}

using System.Globalization;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Processes that come, go, are replaced and exist twice.</summary>
public sealed class LifeCycleTests
{
    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Target_StartedAfterTheAgent_IsTraced(Release release)
    {
        int port = LoopbackPort.Free();
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = TargetProcess.Text(port));
        await using TargetProcess target = await Programs.HttpAsync(release, port);
        await agent.AttachedAsync(target.Pid);

        await target.Requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Target_RestartedOnTheSamePort_IsTracedAgain(Release release)
    {
        int port = LoopbackPort.Free();
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = TargetProcess.Text(port));
        List<ExpectedSpan> expected = [];
        for (int i = 0; i < 3; i++)
        {
            await using TargetProcess target = await Programs.HttpAsync(release, port);
            await agent.AttachedAsync(target.Pid);

            await target.Requests.GetAsync("/hello", "/missing");

            expected.AddRange(target.Requests.ServerSpans());
            await agent.SpansShouldBeAsync(expected);
            Assert.Equal(2, agent.Spans.Count(s => s.ProcessId == target.Pid));
        }
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task TwoInstances_OneSelected_OnlyThatOneIsTracedAndTouched(Release release)
    {
        await using TargetProcess selected = await Programs.HttpAsync(release), other = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(selected);

        await selected.Requests.GetAsync("/hello", "/hello", "/hello");
        await other.Requests.GetAsync("/hello", "/hello");

        await agent.SpansShouldBeAsync(selected.Requests.ServerSpans());
        Assert.All(agent.Spans, s => Assert.Equal(selected.Pid, s.ProcessId));
        Assert.NotEmpty(TextBytes.DifferentFromFile(selected.Pid));
        Assert.Empty(TextBytes.DifferentFromFile(other.Pid));
        Assert.False(agent.IsAttached(other.Pid));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task TwoInstances_BothSelectedThenOneEnds_TheOtherStaysTraced(Release release)
    {
        await using TargetProcess first = await Programs.HttpAsync(release), second = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = $"{first.Port},{second.Port}");
        await agent.AttachedAsync(first.Pid);
        await agent.AttachedAsync(second.Pid);

        await first.Requests.GetAsync("/hello");
        await first.KillAsync();
        await second.Requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync([.. first.Requests.ServerSpans(), .. second.Requests.ServerSpans()]);
        await agent.StopAsync();
        await TextBytes.EqualFileAsync(second.Pid);
    }

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Executable_ReplacedOnDiskWhileItRuns_OldAndNewAreTraced(Release release)
    {
        using TemporaryFolder folder = new();
        string executable = release.CopyTo(folder, "http");
        await using TargetProcess before = await Programs.HttpAsync(release, executable: executable);
        // As a package manager does it: another build takes the name, the running one keeps its file.
        File.Copy(Releases.TypicalHttp.Executable, executable + ".new");
        File.Move(executable + ".new", executable, overwrite: true);
        await using TargetProcess after = await Programs.HttpAsync(release, executable: executable);
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = $"{before.Port},{after.Port}");
        await agent.AttachedAsync(before.Pid);
        await agent.AttachedAsync(after.Pid);

        await before.Requests.GetAsync("/hello", "/missing");
        await after.Requests.GetAsync("/hello");

        await agent.SpansShouldBeAsync([.. before.Requests.ServerSpans(), .. after.Requests.ServerSpans()]);
        await agent.StopAsync();
        await TextBytes.EqualFileAsync(before.Pid);
        await TextBytes.EqualFileAsync(after.Pid);
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task ShortLivedProcesses_TwoHundred_LeaveNothingInTheAgent(Release release)
    {
        int[] ports = [.. Enumerable.Range(0, 4).Select(_ => LoopbackPort.Free())];
        await using TargetProcess lasting = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(lasting, o => o.OpenPort = string.Join(',', ports.Append(lasting.Port)));
        int files = FilesOf(agent.Pid);

        await Parallel.ForEachAsync(ports, async (port, _) =>
        {
            for (int i = 0; i < 50; i++)
            {
                await using TargetProcess target = await Programs.HttpAsync(release, port);
            }
        });
        await lasting.Requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync(lasting.Requests.ServerSpans());
        await Eventually.TrueAsync(() => FilesOf(agent.Pid) <= files + 5, Eventually.Soon,
            () => string.Create(CultureInfo.InvariantCulture, $"the agent holds {FilesOf(agent.Pid)} files, {files} before"));
        await agent.StopAsync();
        await TextBytes.EqualFileAsync(lasting.Pid);
    }

    /// <summary>Open files but for programs and maps: those are a tracer's, which may be loaded meanwhile, and no process' own.</summary>
    private static int FilesOf(int pid) => Directory.GetFiles($"/proc/{pid}/fd").Count(f => new FileInfo(f).LinkTarget is not ("anon_inode:bpf-prog" or "anon_inode:bpf-map"));
}

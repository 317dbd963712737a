using System.Diagnostics;
using System.Globalization;
using EndToEnd.Harness;
using EndToEnd.Targets;
using Xunit.Abstractions;

namespace EndToEnd;

/// <summary>
/// How long one waits for the probes and for the agent, measured on a machine that does nothing else. The bars are far above what is
/// measured (200 ms to attached and 400 ms to ready are the goals): they catch a wait that has become a poll, not a slow machine.
/// </summary>
[Collection("Load"), Trait("Category", "Load")]
public sealed class LatencyTests(ITestOutputHelper output)
{
    private const int Starts = 15;

    /// <summary>A file that the agent sees for the first time must be read; what it found is kept for the next start of the same file.</summary>
    public static TheoryData<Release, string> Files { get; } = Releases.TypicalWith("new file each time", "same file");

    [AgentTheory, MemberData(nameof(Files))]
    public async Task Listen_UntilAttached_TakesLessThanASecondAtTheMedian(Release release, string files)
    {
        using TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = TargetProcess.Text(port));
        List<double> times = [];
        for (int i = 0; i < Starts; i++)
        {
            string executable = files == "same file" ? release.Executable : release.CopyTo(folder, string.Create(CultureInfo.InvariantCulture, $"http-{i}"));
            await using TargetProcess target = await Programs.HttpAsync(release, port, executable);
            await agent.AttachedAsync(target.Pid);
            long listening = target.Process.Output.ArrivalOf("listening on"), attached = agent.Log.ArrivalOf(string.Create(CultureInfo.InvariantCulture, $"attached to pid {target.Pid} "));
            times.Add(Stopwatch.GetElapsedTime(listening, attached).TotalMilliseconds);
        }
        AssertMedianBelow(1000, times, $"listen() → attached, {files}");
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Start_UntilReady_TakesLessThanASecondAtTheMedian(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        List<double> times = [];
        for (int i = 0; i < Starts; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await using Agent agent = await Agent.StartAsync(target);
            times.Add(Stopwatch.GetElapsedTime(start, agent.Log.ArrivalOf("ready")).TotalMilliseconds);
            await agent.StopAsync();
        }
        AssertMedianBelow(1000, times, "start → ready");
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Terminate_UntilEnded_TakesLessThanASecondAtTheMedian(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        List<double> times = [];
        for (int i = 0; i < Starts; i++)
        {
            await using Agent agent = await Agent.StartAsync(target);
            await target.Requests.GetAsync("/hello");
            times.Add((await agent.StopAsync()).TotalMilliseconds);
        }
        AssertMedianBelow(1000, times, "SIGTERM → ended");
    }

    private void AssertMedianBelow(double bar, List<double> times, string what)
    {
        times.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: median {times[times.Count / 2]:0} ms, {times[0]:0} to {times[^1]:0} ms in {times.Count} runs"));
        Assert.InRange(times[times.Count / 2], -bar, bar);
    }
}

using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Targets that end in the middle of a request, and an agent that ends without a word: the other side never suffers.</summary>
public sealed class CrashTests
{
    public static TheoryData<Release, string> Ends { get; } =
        Releases.TypicalWith("/crash?how=exit", "/crash?how=segfault", "/crash?how=kill", "/exec?program=/bin/sleep&arg=60");

    [AgentTheory, MemberData(nameof(Ends))]
    public async Task Target_EndsInTheMiddleOfARequest_TheAgentGoesOnWithTheNext(Release release, string request)
    {
        int port = LoopbackPort.Free();
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = TargetProcess.Text(port));
        await using TargetProcess target = await Programs.HttpAsync(release, port);
        await agent.AttachedAsync(target.Pid);
        await target.Requests.GetAsync("/hello");

        using RawConnection connection = new(port);
        connection.Request("GET", request);
        if (request.StartsWith("/exec", StringComparison.Ordinal)) await ExecutesAsync(target.Pid, "sleep");
        else await target.Process.ExitAsync(Eventually.Soon);
        connection.Dispose();
        await target.KillAsync();
        await using TargetProcess next = await Programs.HttpAsync(release, port);
        await agent.AttachedAsync(next.Pid);
        await next.Requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync([.. target.Requests.ServerSpans(), .. next.Requests.ServerSpans()]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Agent_KilledAndStartedAgain_TheTargetNeverNotices(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        using CancellationTokenSource enough = new();
        Task<int> failures = RequestsUntilAsync(target, enough.Token);

        for (int i = 0; i < 5; i++)
        {
            await using Agent killed = await Agent.StartAsync(target);
            await Eventually.TrueAsync(() => killed.Spans.Count > 20, Eventually.Soon, () => $"only {killed.Spans.Count} spans came");
            await killed.KillAsync();
        }
        await TextBytes.EqualFileAsync(target.Pid);
        await enough.CancelAsync();

        Assert.Equal(0, await failures);
        Assert.False(target.Process.HasExited, target.Process.ToString());
        await using Agent again = await Agent.StartAsync(target);
        Exchange last = await target.Requests.SendAsync("GET", "/missing");
        await again.SpansShouldBeAsync(last.ServerSpan(target.Port));
        await again.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Agent_StoppedUnderTraffic_TheTargetNeverNotices(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        using CancellationTokenSource enough = new();
        Task<int> failures = RequestsUntilAsync(target, enough.Token);

        for (int i = 0; i < 3; i++)
        {
            await using Agent agent = await Agent.StartAsync(target);
            await Eventually.TrueAsync(() => agent.Spans.Count > 20, Eventually.Soon, () => $"only {agent.Spans.Count} spans came");
            await agent.StopAsync();
            await TextBytes.EqualFileAsync(target.Pid);
        }
        await enough.CancelAsync();

        Assert.Equal(0, await failures);
    }

    private static Task ExecutesAsync(int pid, string program) => Eventually.TrueAsync(
        () => File.ReadAllText($"/proc/{pid}/comm").Trim() == program, Eventually.Soon, () => $"pid {pid} does not run {program}");

    /// <summary>Requests without a pause; returns how many did not succeed.</summary>
    private static Task<int> RequestsUntilAsync(TargetProcess target, CancellationToken enough) => Task.Run(async () =>
    {
        int failures = 0;
        while (!enough.IsCancellationRequested)
        {
            try
            {
                Exchange exchange = await target.Requests.SendAsync("GET", "/hello");
                if (exchange.Status != 200) failures++;
            }
            catch (HttpRequestException)
            {
                failures++;
            }
        }
        return failures;
    }, CancellationToken.None);
}

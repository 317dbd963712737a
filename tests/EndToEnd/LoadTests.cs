using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Alone on the machine, as fast as it goes.</summary>
[CollectionDefinition("Load", DisableParallelization = true)]
public sealed class LoadCollection;

/// <inheritdoc cref="LoadCollection"/>
[Collection("Load"), Trait("Category", "Load")]
public sealed class LoadTests
{
    [AgentTheory, MemberData(nameof(Releases.Prometheus), MemberType = typeof(Releases))]
    public Task Prometheus_FullSpeedForTenSeconds_EverySpanIsThereOrItsLossIsCounted(Release release) => EveryRequestIsAccountedForAsync(release, "/-/healthy");

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public Task Http_FullSpeedForTenSeconds_EverySpanIsThereOrItsLossIsCounted(Release release) => EveryRequestIsAccountedForAsync(release, "/hello");

    /// <summary>10,000 requests, 50,000 spans: no parent is wrong, no span is doubled or missing.</summary>
    [AgentTheory, MemberData(nameof(Releases.ChainOldestAndNewest), MemberType = typeof(Releases))]
    public async Task Chain_TenThousandRequests_HaveTheRightParents(Release release)
    {
        const int Ways = 12;
        await using TracedChain traced = await TracedChain.StartAsync(release);

        await traced.SendEveryWayAsync(count: 10_000 / Ways + 1, concurrency: 64);

        await traced.SpansShouldBeRightAsync();
    }

    /// <summary>What is known of connections is kept in the kernel, on their sockets.</summary>
    [ProgramFact("python3")]
    public async Task Connections_TenThousandOpen_CostTheAgentAtMostTenMegabytes()
    {
        const int Connections = 10_000, Warming = 100;
        await using TargetProcess target = await SocketPrograms.PythonEventLoopAsync(LoopbackPort.Free());
        await using Agent agent = await Agent.StartAsync(target, o => o.TracePrinter = "counter");
        List<RawConnection> open = [.. Enumerable.Range(0, Warming).Select(_ => new RawConnection(target.Port))];
        for (int i = 0; i < Warming; i++) open.ForEach(Ask);
        await SpansCountedAsync(agent, Warming * Warming);
        double before = agent.ResidentMegabytes();

        while (open.Count < Connections)
        {
            open.Add(new RawConnection(target.Port));
            Ask(open[^1]);
        }
        await SpansCountedAsync(agent, Warming * Warming + Connections - Warming);
        double opened = agent.ResidentMegabytes();
        open.ForEach(connection => connection.Dispose());
        await agent.StopAsync();

        Assert.InRange(opened - before, -before, 10);
        Assert.Equal((Warming * Warming + Connections - Warming, 0), (CounterTotals.LastOf(agent).AllSpans, CounterTotals.LastOf(agent).Lost));
    }

    private static void Ask(RawConnection connection)
    {
        connection.Request("GET", "/");
        connection.ReadAnswer(bodyBytes: 2);
    }

    private static Task SpansCountedAsync(Agent agent, long spans) => Eventually.TrueAsync(
        () => agent.Output.Lines.Select(CounterTotals.Parse).Any(t => t?.AllSpans >= spans), Eventually.Soon, () => $"not {spans} spans\n{agent.Output}");

    private static async Task EveryRequestIsAccountedForAsync(Release release, string path)
    {
        const int Connections = 16;
        await using TargetProcess target = await Programs.StartAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.TracePrinter = "counter");

        long answered = await Wrk.RunAsync($"http://127.0.0.1:{target.Port}{path}", Connections, TimeSpan.FromSeconds(10));
        await agent.StopAsync();

        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.True(answered > 1000, $"only {answered} requests in 10 s");
        // wrk leaves up to one request per connection unanswered at its end.
        Assert.InRange(totals.AllSpans + totals.Lost, answered, answered + Connections);
        Assert.Equal(totals.Lost, totals.Reasons.Values.Sum());
        await TextBytes.EqualFileAsync(target.Pid);
    }
}

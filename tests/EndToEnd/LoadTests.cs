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

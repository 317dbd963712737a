using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>
/// Requests that go through three processes and three tracers: HTTP, gRPC, SQL. Every call's parent is the request of the same number, and a parent
/// that cannot be known is absent.
/// </summary>
public sealed class ChainTests
{
    [AgentTheory, MemberData(nameof(Releases.Chain), MemberType = typeof(Releases))]
    public Task Requests_OneByOne_HaveTheRightParents(Release release) => EveryWayAsync(release, count: 5, concurrency: 1);

    [AgentTheory, MemberData(nameof(Releases.Chain), MemberType = typeof(Releases))]
    public Task Requests_SixtyFourAtOnce_HaveTheRightParents(Release release) => EveryWayAsync(release, count: 200, concurrency: 64);

    /// <summary>One request for each depth at which the stack can grow in a probed function.</summary>
    [AgentTheory, MemberData(nameof(Releases.Chain), MemberType = typeof(Releases))]
    public async Task Calls_OnStacksThatGrow_GiveOneSpanEach(Release release)
    {
        await using TracedChain traced = await TracedChain.StartAsync(release);

        foreach (int concurrency in (int[])[1, 16]) await traced.SendAsync(new(Count: 2 * 128, Concurrency: concurrency, Depths: 128, Traceparent: concurrency == 1));

        await traced.SpansShouldBeRightAsync();
    }

    private static async Task EveryWayAsync(Release release, int count, int concurrency)
    {
        await using TracedChain traced = await TracedChain.StartAsync(release);

        await traced.SendEveryWayAsync(count, concurrency);

        await traced.SpansShouldBeRightAsync();
    }
}

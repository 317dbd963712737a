using EndToEnd.Harness;
using EndToEnd.Targets;

namespace KernelRoom;

/// <summary>Small runs of the real agent on real servers.</summary>
internal static class AgentRun
{
    /// <summary>Uprobes, whichever kind this kernel has, on a Go server.</summary>
    public static async Task GoServerAsync()
    {
        await using TargetProcess target = await Programs.HttpAsync(Releases.TypicalHttp);
        await using Agent agent = await Agent.StartAsync(target);

        await target.Requests.GetAsync("/hello", "/missing", "/large");
        await target.Requests.SendAsync("POST", "/echo", "body");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
    }
}

using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Which processes are traced, and under which name, by file, environment and flags.</summary>
public sealed class SelectionTests
{
    public static TheoryData<Release, string> Sources { get; } = Releases.TypicalWith("file", "environment", "flag");

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task ConfigFile_TwoServices_NameTheSpansOfEach(Release release)
    {
        using TemporaryFolder folder = new();
        string executable = release.CopyTo(folder, "shop/cart");
        await using TargetProcess byPort = await Programs.HttpAsync(release), byPath = await Programs.HttpAsync(release, executable: executable), other = await Programs.HttpAsync(release);
        string file = folder.Write("beyla.toml", $"""
            [[discovery.services]]
            name = "checkout"
            namespace = "shop"
            open_ports = {byPort.Port}

            [[discovery.services]]
            exe_path = '^{Regex.Escape(folder.Path)}/shop/'

            [[discovery.services]]          # never reached: the first that matches wins
            name = "late"
            open_ports = "{byPort.Port},{byPath.Port}"
            """);
        await using Agent agent = await Agent.StartAsync(o => o.ConfigFile = file);
        await agent.AttachedAsync(byPort.Pid);
        await agent.AttachedAsync(byPath.Pid);

        foreach (TargetProcess target in new[] { byPort, byPath, other }) await target.Requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync([.. byPort.Requests.ServerSpans(), .. byPath.Requests.ServerSpans()]);
        Assert.All(SpansOf(agent, byPort), s => Assert.Equal(("checkout", "shop"), ServiceOf(s)));
        Assert.All(SpansOf(agent, byPath), s => Assert.Equal(("cart", null), ServiceOf(s)));
        Assert.False(agent.IsAttached(other.Pid));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task ExecutableName_RegularExpression_SelectsByPathBeforeAndAfterTheStart(Release release)
    {
        using TemporaryFolder folder = new();
        await using TargetProcess before = await Programs.HttpAsync(release, executable: release.CopyTo(folder, "ledger-1")),
            other = await Programs.HttpAsync(release, executable: release.CopyTo(folder, "ledger-x"));
        await using Agent agent = await Agent.StartAsync(o => o.ExecutableName = $@"{Regex.Escape(folder.Path)}/ledger-\d$");
        await using TargetProcess after = await Programs.HttpAsync(release, executable: release.CopyTo(folder, "ledger-2"));
        await agent.AttachedAsync(before.Pid);
        await agent.AttachedAsync(after.Pid);

        foreach (TargetProcess target in new[] { before, other, after }) await target.Requests.GetAsync("/hello");

        await agent.SpansShouldBeAsync([.. before.Requests.ServerSpans(), .. after.Requests.ServerSpans()]);
        Assert.All(SpansOf(agent, before), s => Assert.Equal(("ledger-1", null), ServiceOf(s)));
        Assert.All(SpansOf(agent, after), s => Assert.Equal(("ledger-2", null), ServiceOf(s)));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task OpenPort_ListAndRange_SelectTheirPortsAndNoOther(Release release)
    {
        int single = LoopbackPort.Free(), first = LoopbackPort.FreeRange(5);
        // The first and the last port of the range, the ports beside it, and one of a list.
        await using TargetProcess listed = await Programs.HttpAsync(release, single), below = await Programs.HttpAsync(release, first),
            low = await Programs.HttpAsync(release, first + 1), high = await Programs.HttpAsync(release, first + 3), above = await Programs.HttpAsync(release, first + 4);
        await using Agent agent = await Agent.StartAsync(o => o.OpenPort = $"{single},{first + 1}-{first + 3}");
        foreach (TargetProcess target in new[] { listed, low, high }) await agent.AttachedAsync(target.Pid);

        foreach (TargetProcess target in new[] { listed, below, low, high, above }) await target.Requests.GetAsync("/hello");

        await agent.SpansShouldBeAsync([.. listed.Requests.ServerSpans(), .. low.Requests.ServerSpans(), .. high.Requests.ServerSpans()]);
        Assert.False(agent.IsAttached(below.Pid) || agent.IsAttached(above.Pid));
        await agent.StopAsync();
    }

    /// <summary>flags &gt; environment &gt; file: each source names a port of its own, and the strongest that is there decides.</summary>
    [AgentTheory, MemberData(nameof(Sources))]
    public async Task Precedence_OfSeveralSources_TheStrongestDecides(Release release, string strongest)
    {
        using TemporaryFolder folder = new();
        string[] sources = ["file", "environment", "flag"];
        List<TargetProcess> targets = [];
        try
        {
            foreach (string _ in sources) targets.Add(await Programs.HttpAsync(release));
            int level = Array.IndexOf(sources, strongest);
            TargetProcess selected = targets[level];
            await using Agent agent = await Agent.StartAsync(o =>
            {
                o.ConfigFile = folder.Write("beyla.toml", $"open_port = {targets[0].Port}\nservice_name = \"of-file\"\nservice_namespace = \"of-file-only\"\n");
                if (level >= 1) (o.OpenPort, o.Variables) = ($"{targets[1].Port}", new Dictionary<string, string> { ["BEYLA_SERVICE_NAME"] = "of-environment" });
                if (level >= 2) o.Flags = ["--open-port", $"{targets[2].Port}", "--service-name", "of-flag"];
            });
            await agent.AttachedAsync(selected.Pid);

            foreach (TargetProcess target in targets) await target.Requests.GetAsync("/hello");

            await agent.SpansShouldBeAsync(selected.Requests.ServerSpans());
            Assert.All(agent.Spans, s => Assert.Equal(($"of-{strongest}", "of-file-only"), ServiceOf(s)));
            await agent.StopAsync();
        }
        finally
        {
            foreach (TargetProcess target in targets) await target.DisposeAsync();
        }
    }

    private static SpanRecord[] SpansOf(Agent agent, TargetProcess target)
    {
        SpanRecord[] spans = [.. agent.Spans.Where(s => s.ProcessId == target.Pid)];
        Assert.NotEmpty(spans);
        return spans;
    }

    private static (string? Name, string? Namespace) ServiceOf(SpanRecord span) => (
        span.Resource.GetProperty("service.name").GetString(),
        span.Resource.TryGetProperty("service.namespace", out System.Text.Json.JsonElement of) ? of.GetString() : null);
}

using System.Globalization;
using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>The agent's file changes while it runs.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task HangUp_PortAdded_AttachesToItAndLosesNoSpan(Release release)
    {
        await using TargetProcess old = await Programs.HttpAsync(release), added = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(old.Port);
        await agent.AttachedAsync(old.Pid);
        using CancellationTokenSource done = new();
        Task load = LoadAsync(old, done.Token);

        Write(old.Port, added.Port);
        ChildProcess.Signal(agent.Pid, "HUP");
        await agent.AttachedAsync(added.Pid);
        await added.Requests.GetAsync("/hello", "/missing");
        await done.CancelAsync();
        await load;

        await agent.SpansShouldBeAsync([.. old.Requests.ServerSpans(), .. added.Requests.ServerSpans()]);
        await LoggedAsync(agent, "INFO .*configuration read again: open_port changed");
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task HangUp_BrokenFile_KeepsTheOldConfigurationAndSaysWhere(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target.Port);
        await agent.AttachedAsync(target.Pid);

        string file = _folder.Write("beyla.toml", "log_level = \"DEBUG\"\nopen_prot = 80\n");
        ChildProcess.Signal(agent.Pid, "HUP");
        await LoggedAsync(agent, $"ERROR .*the configuration stays as it was: {Regex.Escape(file)}:2:1: unknown key 'open_prot' in the top level; did you mean 'open_port'");
        await target.Requests.GetAsync("/hello");
        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());

        // The next good file is taken.
        _folder.Write("beyla.toml", Toml("log_level = \"DEBUG\"", target.Port));
        ChildProcess.Signal(agent.Pid, "HUP");
        await LoggedAsync(agent, "INFO .*configuration read again: log_level changed");
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task FileChanges_PortRemovedAndServiceRenamed_DetachesAndRenamesWithoutASignal(Release release)
    {
        await using TargetProcess kept = await Programs.HttpAsync(release), removed = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(kept.Port, removed.Port);
        await agent.AttachedAsync(kept.Pid);
        await agent.AttachedAsync(removed.Pid);
        foreach (TargetProcess target in new[] { kept, removed }) await target.Requests.GetAsync("/hello");
        await agent.SpansShouldBeAsync([.. kept.Requests.ServerSpans(), .. removed.Requests.ServerSpans()]);

        _folder.Write("beyla.toml", Toml("service_name = \"checkout\"\ntrace_printer = \"text\"", kept.Port));
        await LoggedAsync(agent, $@"detached from pid {removed.Pid}\b");
        await LoggedAsync(agent, $@"pid {kept.Pid} \(http\) is checkout now");
        // The environment, which is stronger, has the printer: nothing to say about it.
        Assert.DoesNotContain(agent.Log.Lines, l => l.Contains("next start", StringComparison.Ordinal));
        ExpectedSpan[] before = [.. removed.Requests.ServerSpans()];
        foreach (TargetProcess target in new[] { kept, removed }) await target.Requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync([.. kept.Requests.ServerSpans(), .. before]);
        Assert.Equal(["http", "checkout", "checkout"], agent.Spans.Where(s => s.ProcessId == kept.Pid).Select(s => s.Resource.GetProperty("service.name").GetString()));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task HangUp_SettingThatCannotChange_SaysSo(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await StartAsync(target.Port);

        _folder.Write("beyla.toml", Toml("[ebpf]\nring_size = \"1MiB\"", target.Port));
        ChildProcess.Signal(agent.Pid, "HUP");

        await LoggedAsync(agent, "WARN .*what changed in ebpf.ring_size takes effect at the next start");
        await agent.StopAsync();
    }

    private Task<Agent> StartAsync(params int[] ports)
    {
        Write(ports);
        return Agent.StartAsync(o => o.ConfigFile = _folder.File("beyla.toml"));
    }

    private void Write(params int[] ports) => _folder.Write("beyla.toml", Toml("", ports));

    private static string Toml(string more, params int[] ports) =>
        $"open_port = \"{string.Join(',', ports.Select(p => p.ToString(CultureInfo.InvariantCulture)))}\"\n{more}\n";

    private static Task<Match> LoggedAsync(Agent agent, string pattern) =>
        agent.Log.WaitForAsync(new Regex(pattern), Eventually.Soon, () => $"The agent does not say '{pattern}'.");

    private static async Task LoadAsync(TargetProcess target, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested) await target.Requests.GetAsync("/hello");
    }
}

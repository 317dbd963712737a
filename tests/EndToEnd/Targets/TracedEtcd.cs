using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Debian's etcd and copies of etcdctl that call it, traced by one agent, which finds nobody else's.</summary>
internal sealed class TracedEtcd : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private string _etcdctl = "";
    private bool _tls;

    private TracedEtcd()
    {
    }

    public TargetProcess Etcd { get; private set; } = null!;

    public Agent Agent { get; private set; } = null!;

    /// <summary>Starts etcd and the agent and waits until it is attached.</summary>
    public static async Task<TracedEtcd> StartAsync(Release etcd, Release etcdctl, bool tls = false)
    {
        TracedEtcd traced = new();
        try
        {
            traced._etcdctl = etcdctl.CopyTo(traced._folder, "etcdctl");
            traced.Etcd = await Programs.EtcdAsync(new(etcd.Program, etcd.Build, etcd.CopyTo(traced._folder, "etcd")), tls);
            traced._tls = tls;
            traced.Agent = await Agent.StartAsync(o => o.ExecutableName = $"^{Regex.Escape(traced._folder.Path)}/etcd(ctl)?$");
            await traced.Agent.AttachedAsync(traced.Etcd.Pid);
        }
        catch
        {
            await traced.DisposeAsync();
            throw;
        }
        return traced;
    }

    /// <summary>Starts an etcdctl that waits for its stdin before it calls, and waits until the agent is attached to it.</summary>
    public async Task<ChildProcess> EtcdctlAsync(params string[] arguments)
    {
        string endpoint = $"--endpoints={(_tls ? "https://" : "")}127.0.0.1:{TargetProcess.Text(Etcd.Port)}";
        ChildProcess etcdctl = ChildProcess.Start(_etcdctl, [endpoint, .. _tls ? new[] { "--insecure-skip-tls-verify", "--insecure-transport=false" } : [], .. arguments]);
        await Agent.AttachedAsync(etcdctl.Pid);
        return etcdctl;
    }

    /// <summary>Runs such an etcdctl with an input to its end.</summary>
    public async Task RunAsync(string input, int exitCode, params string[] arguments)
    {
        await using ChildProcess etcdctl = await EtcdctlAsync(arguments);
        await etcdctl.FeedAsync(input, exitCode);
    }

    /// <summary>Waits for exactly these spans: kind, method and status of each, in any order; the agent's end brings no other.</summary>
    public async Task SpansShouldBeAsync(params string[] expected)
    {
        await Eventually.TrueAsync(() => Spans().SequenceEqual(expected.Order()), Eventually.Soon, Difference);
        await Agent.StopAsync();
        Assert.True(Spans().SequenceEqual(expected.Order()), "after the end: " + Difference());
    }

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null) await Agent.DisposeAsync();
        if (Etcd is not null) await Etcd.DisposeAsync();
        _folder.Dispose();
    }

    private IEnumerable<string> Spans() => Agent.Spans.Select(s => s.Tracer == "net-http"
        ? $"{(s.ProcessId == Etcd.Pid ? "etcd" : "etcdctl")} {s.Kind} {s.TextOf("url.path") ?? s.TextOf("url.full")}" :
        $"{(s.ProcessId == Etcd.Pid ? "etcd" : "etcdctl")} {s.Kind} {s.Name} {s.TextOf("rpc.response.status_code")}{(s.StatusCode == "error" ? " failed" : "")}").Order();

    private string Difference() => $"these spans came:\n  {string.Join("\n  ", Spans())}\n{Agent.Log}";
}

using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>npm's buf calls Debian's etcd by gRPC over a library of its own: HTTP/2 to its tracer, a gRPC call to the server's.</summary>
public sealed class BufTests
{
    [AgentTheory, MemberData(nameof(Releases.Buf), MemberType = typeof(Releases))]
    public async Task Buf_CallToEtcd_IsAnHttp2RequestHereAndAGrpcCallThere(Release release, Release server)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(server);
        using TemporaryFolder folder = new();
        await using TargetProcess etcd = await Programs.EtcdAsync(new(server.Program, server.Build, server.CopyTo(folder, "etcd")));
        await using Agent agent = await Agent.StartAsync(o => o.ExecutableName = $"^{Regex.Escape(folder.Path)}/");
        await agent.AttachedAsync(etcd.Pid);
        await using ChildProcess buf = Programs.StartBufHealthCheck(release.CopyTo(folder, "buf"), etcd.Port, folder);
        await agent.AttachedAsync(buf.Pid);

        await buf.FeedAsync("{}");

        await Eventually.TrueAsync(() => agent.Spans.Count == 2, Eventually.Soon, () => $"{agent.Spans.Count} spans came, not 2\n{agent.Output}\n{agent.Log}");
        await agent.StopAsync();
        Assert.Equal(2, agent.Spans.Count);
        SpanRecord sent = Assert.Single(agent.Spans, s => s.Tracer == "net-http"), served = Assert.Single(agent.Spans, s => s.Tracer == "grpc");
        Assert.Empty(ExpectedSpan.Client("POST", $"http://127.0.0.1:{TargetProcess.Text(etcd.Port)}/grpc.health.v1.Health/Check", 200)
            .With("network.protocol.version", "2").With("server.port", etcd.Port).DifferencesTo(sent));
        Assert.Equal(("server", "grpc.health.v1.Health/Check", "OK"), (served.Kind, served.Name, served.TextOf("rpc.response.status_code")));
        Assert.Equal((buf.Pid, etcd.Pid), (sent.ProcessId, served.ProcessId));
    }
}

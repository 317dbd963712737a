using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Debian's etcdctl and etcd, both traced: one span on each side of each call. Commands that read stdin leave the time to attach.</summary>
public sealed class EtcdctlTests
{
    [AgentTheory, MemberData(nameof(Releases.Etcdctl), MemberType = typeof(Releases))]
    public async Task Etcdctl_UnaryCalls_GiveASpanOnEachSide(Release etcdctl, Release etcd)
    {
        await using TracedEtcd traced = await TracedEtcd.StartAsync(etcd, etcdctl);

        await traced.RunAsync("value", 0, "put", "key");
        await traced.RunAsync("value", 1, "put", "--lease=7b", "key");
        await traced.RunAsync("mod(\"key\") > \"0\"\n\nput a b\n\nput c d\n", 0, "txn");

        await traced.SpansShouldBeAsync(
            "etcdctl client etcdserverpb.KV/Put OK", "etcd server etcdserverpb.KV/Put OK",
            "etcdctl client etcdserverpb.KV/Put NOT_FOUND failed", "etcd server etcdserverpb.KV/Put NOT_FOUND",
            "etcdctl client etcdserverpb.KV/Txn OK", "etcd server etcdserverpb.KV/Txn OK");
    }

    [AgentTheory, MemberData(nameof(Releases.Etcdctl), MemberType = typeof(Releases))]
    public async Task Etcdctl_OverTls_IsAnHttp2RequestToEtcdAndAGrpcCallInIt(Release etcdctl, Release etcd)
    {
        await using TracedEtcd traced = await TracedEtcd.StartAsync(etcd, etcdctl, tls: true);

        await traced.RunAsync("value", 0, "put", "key");
        await traced.RunAsync("value", 1, "put", "--lease=7b", "key");

        const string Request = "etcd server /etcdserverpb.KV/Put";
        await traced.SpansShouldBeAsync(
            "etcdctl client etcdserverpb.KV/Put OK", Request, "etcd server etcdserverpb.KV/Put OK",
            "etcdctl client etcdserverpb.KV/Put NOT_FOUND failed", Request, "etcd server etcdserverpb.KV/Put NOT_FOUND");
        // Each call within the request that brought it.
        SpanRecord[] requests = [.. traced.Agent.Spans.Where(s => s.Tracer == "net-http")], calls = [.. traced.Agent.Spans.Where(s => s is { Tracer: "grpc", Kind: "server" })];
        Assert.Equal(requests.Select(s => (s.TraceId, s.SpanId)).Order(), calls.Select(s => (s.TraceId, s.ParentSpanId)).Order());
    }

    [AgentTheory, MemberData(nameof(Releases.Etcdctl), MemberType = typeof(Releases))]
    public async Task Etcdctl_Watch_GivesASpanOfEtcdWhenItsCallerIsGone(Release etcdctl, Release etcd)
    {
        await using TracedEtcd traced = await TracedEtcd.StartAsync(etcd, etcdctl);
        List<string> expected = ["etcd server etcdserverpb.Watch/Watch CANCELLED"];
        await using (ChildProcess watch = await traced.EtcdctlAsync("watch", "-i"))
        {
            await watch.WriteLineAsync("watch key");
            // Nothing says when it watches: puts until it sees one.
            await Eventually.TrueAsync(
                async () =>
                {
                    await traced.RunAsync("value", 0, "put", "key");
                    expected.AddRange(["etcdctl client etcdserverpb.KV/Put OK", "etcd server etcdserverpb.KV/Put OK"]);
                    return watch.Output.Lines.Contains("PUT");
                }, Eventually.Soon, () => $"it sees no change. {watch}");
        }

        await traced.SpansShouldBeAsync([.. expected]);
    }
}

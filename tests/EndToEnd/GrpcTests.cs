using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>
/// RPCs of all four stream kinds, seen from both sides. The truth is what the caller got and what the server's handlers returned: each call gives
/// exactly one client and one server span with these status codes.
/// </summary>
public sealed class GrpcTests
{
    [AgentTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public Task Call_EachKindAndOutcome_GivesOneSpanOnEachSide(Release release) => EachKindAndOutcomeAsync(release, throughNetHttp: false);

    [AgentTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public Task Call_ServedThroughNetHttp_GivesOneSpanOnEachSide(Release release) => EachKindAndOutcomeAsync(release, throughNetHttp: true);

    [AgentTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Call_ServerKilledMeanwhile_GivesAClientSpanThatSaysUnavailable(Release release)
    {
        foreach (string kind in GrpcTarget.Kinds)
        {
            await using TracedGrpc traced = await TracedGrpc.StartAsync(release);
            await traced.CallAsync(new(kind));
            await Eventually.TrueAsync(() => traced.Agent.Spans.Any(s => s.Kind == "server"), Eventually.Soon, () => $"no server span came\n{traced.Agent.Log}");

            GrpcResult[] results = await traced.CallAsync(new(kind, "exit"));

            Assert.Equal(14, Assert.Single(results).Code);
            await traced.SpansShouldMatchAsync(handled: 1);
        }
    }

    [AgentTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Call_NobodyListens_GivesAClientSpanThatSaysUnavailable(Release release)
    {
        await using TracedGrpc traced = await TracedGrpc.StartAsync(release);
        await traced.Server.KillAsync();

        foreach (string kind in GrpcTarget.Kinds) Assert.Equal(14, Assert.Single(await traced.CallAsync(new(kind))).Code);

        await traced.SpansShouldMatchAsync(handled: 0);
    }

    [AgentTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Call_ManyAtOnceOnGrowingStacks_GiveExactlyOneSpanOnEachSide(Release release)
    {
        await using TracedGrpc traced = await TracedGrpc.StartAsync(release);

        foreach (string kind in GrpcTarget.Kinds) await traced.CallAsync(new(kind, Count: 500, Concurrency: 64, Grow: 1000));

        await traced.SpansShouldMatchAsync(handled: 4 * 500);
    }

    [AgentTheory, MemberData(nameof(Releases.GrpcClientOnly), MemberType = typeof(Releases))]
    public async Task Call_BetweenHalves_GivesEachItsSide(Release client)
    {
        ArgumentNullException.ThrowIfNull(client);
        Release server = Releases.GrpcServerOnly.Of(client.Build.Replace("client", "server", StringComparison.Ordinal));
        await using TracedGrpc traced = await TracedGrpc.StartAsync(server, client);

        foreach (string kind in GrpcTarget.Kinds) await traced.CallAsync(new(kind));

        await traced.SpansShouldMatchAsync(handled: 4);
    }

    [AgentTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Call_WithTraceparent_ContinuesThatTraceOnTheServer(Release release)
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c", Parent = "b7ad6b7169203331";
        foreach (bool throughNetHttp in new[] { false, true })
        {
            await using TracedGrpc traced = await TracedGrpc.StartAsync(release, throughNetHttp: throughNetHttp);

            await traced.CallAsync(new("unary", Metadata: new Dictionary<string, string> { ["traceparent"] = $"00-{Trace}-{Parent}-01", ["x-other"] = "y" }));
            await traced.CallAsync(new("unary"));

            await traced.SpansShouldMatchAsync(handled: 2);
            SpanRecord[] served = [.. traced.Agent.Spans.Where(s => s is { Tracer: "grpc", Kind: "server" }).OrderBy(s => s.Start)];
            Assert.Equal(Trace, served[0].TraceId);
            if (!throughNetHttp) Assert.Equal(Parent, served[0].ParentSpanId); // else the parent may be the span of the HTTP request
            Assert.NotEqual(Trace, served[1].TraceId);
        }
    }

    [AgentTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Call_BothSides_NameTheEndsOfTheConnection(Release release)
    {
        await using TracedGrpc traced = await TracedGrpc.StartAsync(release);

        await traced.CallAsync(new("bidi", Count: 2));

        await traced.SpansShouldMatchAsync(handled: 2);
        Assert.All(traced.Agent.Spans, s => Assert.Equal(("127.0.0.1", traced.Server.Port), (s.TextOf("server.address"), s.NumberOf("server.port"))));
        Assert.All(traced.Agent.Spans, s => Assert.Equal("127.0.0.1", s.TextOf("network.peer.address")));
        Assert.All(traced.Agent.Spans.Where(s => s.Kind == "client"), s => Assert.Equal(traced.Server.Port, s.NumberOf("network.peer.port")));
        // One connection: the same port of the client in each span of the server.
        long? port = Assert.Single(traced.Agent.Spans.Where(s => s.Kind == "server").Select(s => s.NumberOf("network.peer.port")).Distinct());
        Assert.NotEqual(traced.Server.Port, port);
        Assert.All(traced.Agent.Spans.Where(s => s.Kind == "server"), s => Assert.Equal("127.0.0.1", s.TextOf("client.address")));
    }

    [AgentTheory, MemberData(nameof(Releases.Etcdctl), MemberType = typeof(Releases))]
    public async Task Etcd_CallsOfEtcdctl_GiveOneServerSpanEach(Release etcdctl, Release etcd)
    {
        await using TargetProcess server = await Programs.StartAsync(etcd);
        await using Agent agent = await Agent.StartAsync(server);

        await Programs.EtcdctlAsync(etcdctl, server, "put", "key", "value");
        await Programs.EtcdctlAsync(etcdctl, server, "get", "key");
        await Programs.EtcdctlAsync(etcdctl, server, "lease", "grant", "60");

        string[] expected = ["etcdserverpb.KV/Put OK", "etcdserverpb.KV/Range OK", "etcdserverpb.Lease/LeaseGrant OK"];
        string[] Spans() => [.. agent.Spans.Where(s => s.Tracer == "grpc").Select(s => $"{s.Name} {s.TextOf("rpc.response.status_code")}").Order()];
        await Eventually.TrueAsync(() => Spans().SequenceEqual(expected), Eventually.Soon, () => $"spans: {string.Join(", ", Spans())}\n{agent.Log}");
        await agent.StopAsync();
        Assert.Equal(expected, Spans());
    }

    [AgentTheory, MemberData(nameof(Releases.Etcd), MemberType = typeof(Releases))]
    public async Task Etcd_RequestToItsGateway_IsTheParentOfItsOwnGrpcCall(Release release)
    {
        await using TargetProcess etcd = await Programs.StartAsync(release);
        await using Agent agent = await Agent.StartAsync(etcd);

        await etcd.Requests.SendAsync("POST", "/v3/kv/range", """{"key": "a2V5"}""", "application/json");

        await Eventually.TrueAsync(() => agent.Spans.Count == 3, Eventually.Soon, () => $"{agent.Spans.Count} spans came, not 3\n{agent.Output}\n{agent.Log}");
        await agent.StopAsync();
        SpanRecord request = Assert.Single(agent.Spans, s => s.Tracer == "net-http");
        SpanRecord call = Assert.Single(agent.Spans, s => s is { Tracer: "grpc", Kind: "client" });
        SpanRecord served = Assert.Single(agent.Spans, s => s is { Tracer: "grpc", Kind: "server" });
        Assert.Equal((request.TraceId, request.SpanId), (call.TraceId, call.ParentSpanId));
        Assert.Equal(("etcdserverpb.KV/Range", "etcdserverpb.KV/Range"), (call.Name, served.Name));
        // The call carries no trace: another one begins, and nothing is guessed.
        Assert.Empty(served.ParentSpanId);
    }

    private static async Task EachKindAndOutcomeAsync(Release release, bool throughNetHttp)
    {
        await using TracedGrpc traced = await TracedGrpc.StartAsync(release, throughNetHttp: throughNetHttp);

        int calls = 0;
        foreach (string kind in GrpcTarget.Kinds)
            foreach (string outcome in GrpcTarget.Outcomes)
                calls += (await traced.CallAsync(new(kind, outcome, Count: 2, Concurrency: 2, TimeoutMs: outcome is "ok" or "error" ? 0 : 300))).Length;

        await traced.SpansShouldMatchAsync(calls);
    }
}

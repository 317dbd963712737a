using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd.SelfTests;

/// <summary>The targets of tests/targets, without an agent: each build does what its commands ask for and tells the truth about it.</summary>
public sealed class BuiltTargetsTests
{
    [ReleaseTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Grpc_EachKindAndOutcome_EndsAsAskedOnBothSides(Release release)
    {
        await using TargetProcess server = await GrpcTarget.ServeAsync(release);
        await using CommandProcess caller = await GrpcTarget.CallerAsync(release, server.Port);
        int calls = 0;

        foreach (string kind in GrpcTarget.Kinds)
        {
            foreach ((string outcome, int code) in new[] { ("ok", 0), ("error", 5), ("deadline", 4), ("cancel", 1) })
            {
                GrpcResult[] results = await caller.CallAsync(new(kind, outcome, Count: 2, Concurrency: 2, TimeoutMs: outcome is "ok" or "error" ? 0 : 300));
                Assert.All(results, r => Assert.Equal(code, r.Code));
                calls += results.Length;
            }
        }

        await Eventually.TrueAsync(() => Handled(server) == calls, Eventually.Soon, () => $"the server handled {Handled(server)} calls, not {calls}");
    }

    [ReleaseTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Grpc_ServedThroughNetHttp_AnswersEachKind(Release release)
    {
        await using TargetProcess server = await GrpcTarget.ServeAsync(release, throughNetHttp: true);
        await using CommandProcess caller = await GrpcTarget.CallerAsync(release, server.Port);

        foreach (string kind in GrpcTarget.Kinds) Assert.Equal(0, Assert.Single(await caller.CallAsync(new(kind))).Code);
    }

    [ReleaseTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Grpc_ServerKilledDuringACall_LeavesItUnavailable(Release release)
    {
        await using TargetProcess server = await GrpcTarget.ServeAsync(release);
        await using CommandProcess caller = await GrpcTarget.CallerAsync(release, server.Port);
        await caller.CallAsync(new("unary"));

        await caller.TellAsync(new GrpcCalls("unary", "exit"));

        Assert.Equal(14, Assert.Single(await caller.AnswerAsync<GrpcResult[]>()).Code);
    }

    [ReleaseTheory, MemberData(nameof(Releases.GrpcClientOnly), MemberType = typeof(Releases))]
    public async Task Grpc_HalfBuilds_WorkTogether(Release client)
    {
        ArgumentNullException.ThrowIfNull(client);
        Release half = Releases.GrpcServerOnly.Of(client.Build.Replace("client", "server", StringComparison.Ordinal));
        await using TargetProcess server = await GrpcTarget.ServeAsync(half);
        await using CommandProcess caller = await GrpcTarget.CallerAsync(client, server.Port);

        Assert.Equal(0, Assert.Single(await caller.CallAsync(new("bidi"))).Code);
    }

    [ReleaseTheory, MemberData(nameof(Releases.H2), MemberType = typeof(Releases))]
    public async Task H2_EachMode_SpeaksHttp2(Release release, string mode)
    {
        await using TargetProcess server = await H2Target.ServeAsync(release, mode);
        await using CommandProcess client = await H2Target.ClientAsync(release, mode);
        string Url(string path) => H2Target.Url(mode, server.Port, path);

        Assert.Equal("HTTP/2.0", Assert.Single(await client.SendAsync(new(Url("/hello")))).Proto);
        Assert.All(await client.SendAsync(new(Url("/slow?ms=20"), Count: 100, Concurrency: 100)), r => Assert.Equal(200, r.Status));
        Assert.Equal(5_000_000, Assert.Single(await client.SendAsync(new(Url("/echo"), "POST", Bytes: 5_000_000))).Bytes);
        Assert.Equal("yes", Assert.Single(await client.SendAsync(new(Url("/trailers")))).Trailers?["Announced"]);
        Assert.NotNull(Assert.Single(await client.SendAsync(new(Url("/abort")))).Error);
        Assert.NotNull(Assert.Single(await client.SendAsync(new(Url("/wait"), CancelMs: 20))).Error);
        Assert.Equal(503, Assert.Single(await client.SendAsync(new(Url("/status?code=503")))).Status);
    }

    [ReleaseTheory, MemberData(nameof(Releases.H2Deep), MemberType = typeof(Releases))]
    public async Task H2_OnStacksThatGrow_AnswersEachRequest(Release release, string mode)
    {
        await using TargetProcess server = await H2Target.ServeAsync(release, mode);
        await using CommandProcess client = await H2Target.ClientAsync(release, mode);

        H2Result[] results = await client.SendAsync(new(H2Target.Url(mode, server.Port, "/hello?depth={i}"), Count: 256, Fresh: true));

        Assert.All(results, r => Assert.Equal((200, "HTTP/2.0"), (r.Status, r.Proto)));
    }

    [ReleaseTheory, MemberData(nameof(Releases.Sql), MemberType = typeof(Releases))]
    public async Task Sql_EachDriver_DoesWhatItIsAskedFor(Release release, string driver, Release database)
    {
        ArgumentNullException.ThrowIfNull(driver);
        ArgumentNullException.ThrowIfNull(database);
        await using Database server = await Database.ForAsync(driver);
        await using CommandProcess client = await SqlTarget.StartAsync(release, driver, server);
        string argument = database.Program == "postgresql" ? "$1" : "?";
        async Task<SqlResult> One(SqlActions actions) => Assert.Single(await client.DoAsync(actions));

        Assert.Null((await One(new("exec", "CREATE TABLE item (id int, name varchar(50))"))).Error);
        Assert.Equal(2, (await One(new("exec", "INSERT INTO item VALUES (1, 'one'), (2, 'two')"))).Affected);
        Assert.Equal(1, (await One(new("query", $"SELECT * FROM item WHERE id = {argument}", [1]))).Rows);
        Assert.Null((await One(new("row", "SELECT name FROM item WHERE id = 2"))).Error);
        Assert.Equal(3, (await One(new("tx", "SELECT * FROM item", Statements: ["INSERT INTO item VALUES (3, 'three')"], End: "rollback"))).Rows);
        Assert.Equal(2, (await One(new("query", "SELECT * FROM item"))).Rows);
        Assert.NotNull((await One(new("query", "SELEKT 1"))).Error);
        if (!driver.EndsWith("-pool", StringComparison.Ordinal)) Assert.Equal(6, (await One(new("prepared-query", "SELECT * FROM item", Times: 3))).Rows);
    }

    [ReleaseTheory, MemberData(nameof(Releases.Routes), MemberType = typeof(Releases))]
    public async Task Routes_EachRouter_AnswersWithItsPattern(Release release)
    {
        ArgumentNullException.ThrowIfNull(release);
        await using RoutesTarget target = await RoutesTarget.StartAsync(release);

        Assert.Equal(release.Build.StartsWith("std-", StringComparison.Ordinal) ? 1 + 1 : 5 * 3, target.Ports.Count);
        using HttpClient client = RoutesTarget.Client();
        foreach (string router in target.Ports.Keys)
        {
            using HttpRequestMessage request = target.Request(router, HttpMethod.Get, "/users/7");
            using HttpResponseMessage answer = await client.SendAsync(request);
            Assert.Equal(request.Version, answer.Version);
            Assert.Contains("/users/", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [ReleaseTheory, MemberData(nameof(Releases.Chain), MemberType = typeof(Releases))]
    public async Task Chain_ManyRequestsAtOnce_EachGetsItsOwnAnswer(Release release)
    {
        await using ChainTarget chain = await ChainTarget.StartAsync(release);

        await chain.SendAsync(new(First: 1, Count: 500, Concurrency: 64, Grpc: new(Levels: 3), Sql: new(Levels: 1), Traceparent: true));
        await chain.SendAsync(new(First: 1000, Count: 100, Concurrency: 8, Grpc: new(Pool: true), Sql: new(Pool: true)));
        await chain.SendAsync(new(First: 2000, Count: 256, Depths: 128));
    }

    [ReleaseTheory, MemberData(nameof(Releases.Dbmate), MemberType = typeof(Releases))]
    public async Task Dbmate_EachDatabase_IsMigrated(Release release, string driver, Release server)
    {
        Assert.NotNull(server);
        await using Database database = await Database.ForAsync(driver);

        Assert.Contains("Applied", await Programs.DbmateUpAsync(release, database.Url), StringComparison.Ordinal);
    }

    [ReleaseTheory, MemberData(nameof(Releases.Etcdctl), MemberType = typeof(Releases))]
    public async Task Etcdctl_PutAndGet_ReadsWhatItWrote(Release release, Release server)
    {
        await using TargetProcess etcd = await Programs.EtcdAsync(server);

        await Programs.EtcdctlAsync(release, etcd, "put", "key", "value");

        Assert.Contains("value", await Programs.EtcdctlAsync(release, etcd, "get", "key"), StringComparison.Ordinal);
    }

    [ReleaseTheory, MemberData(nameof(Releases.Buf), MemberType = typeof(Releases))]
    public async Task Buf_CallToEtcd_IsAnswered(Release release, Release server)
    {
        await using TargetProcess etcd = await Programs.EtcdAsync(server);

        using TemporaryFolder folder = new();
        await using ChildProcess buf = Programs.StartBufHealthCheck(release.Executable, etcd.Port, folder);
        await buf.FeedAsync("{}");

        Assert.Contains("SERVING", buf.ToString(), StringComparison.Ordinal);
    }

    private static int Handled(TargetProcess server) => server.Process.Output.Lines.Count(l => l.StartsWith("{\"method\"", StringComparison.Ordinal));
}

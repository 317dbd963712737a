using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Beyla.Ebpf;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>
/// The budget that makes the agent cheap: two probe hits per request on each side, all on instructions that the kernel emulates. What the parents of
/// goroutines cost in old Go, a hit for each go statement, is left out here.
/// </summary>
public sealed partial class ProbeBudgetTests
{
    private const int Requests = 2000;

    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Server_KeptConnection_CostsTwoHitsPerRequest(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, Counting);
        using IDisposable statistics = ProgramStatistics.Enable();
        await target.Requests.GetAsync("/hello");
        long before = Hits(agent.Pid);

        for (int i = 0; i < Requests; i++) await target.Requests.GetAsync("/hello");

        long hits = Hits(agent.Pid) - before;
        await agent.StopAsync();
        AssertTwoHitsEach(Requests, hits, CounterTotals.LastOf(agent), spans: Requests + 1);
    }

    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Server_SeenAtItsSockets_CostsNoHit(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o =>
        {
            Counting(o);
            o.Variables = new Dictionary<string, string>(o.Variables) { ["BEYLA_TRACERS_NET_HTTP_FRONT"] = "socket" };
        });
        using IDisposable statistics = ProgramStatistics.Enable();

        for (int i = 0; i < Requests; i++) await target.Requests.GetAsync("/hello");

        long hits = Hits(agent.Pid);
        await agent.StopAsync();
        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.Equal((Requests, 0, 0L), (totals.AllSpans, totals.Lost, hits));
    }

    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Client_KeptConnection_CostsTwoHitsPerRequest(Release release)
    {
        // The request that asks for a call costs two hits of the server side; the server that is called is not traced.
        await using TargetProcess target = await Programs.HttpAsync(release), called = await Programs.HttpAsync(Releases.TypicalHttp);
        await using Agent agent = await Agent.StartAsync(target, Counting);
        using IDisposable statistics = ProgramStatistics.Enable();
        string request = $"/client?url=http://127.0.0.1:{TargetProcess.Text(called.Port)}/hello";
        await target.Requests.GetAsync(request);
        long before = Hits(agent.Pid);

        for (int i = 0; i < Requests; i++) await target.Requests.GetAsync(request);

        long hits = Hits(agent.Pid) - before;
        await agent.StopAsync();
        AssertTwoHitsEach(2 * Requests, hits, CounterTotals.LastOf(agent), spans: 2 * (Requests + 1));
    }

    [AgentTheory, MemberData(nameof(Releases.H2), MemberType = typeof(Releases))]
    public async Task Http2_KeptConnection_CostsTwoHitsOnEachSide(Release release, string mode)
    {
        await using Http2Pair pair = await Http2Pair.StartAsync(release, mode);
        await using Agent agent = await pair.TraceAsync(Counting);
        using IDisposable statistics = ProgramStatistics.Enable();
        await pair.SendAsync(new("/hello"));
        long before = Hits(agent.Pid);

        await pair.SendAsync(new("/hello", Count: Requests));

        long hits = Hits(agent.Pid) - before;
        await agent.StopAsync();
        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.Equal((2 * (Requests + 1), 0), (totals.AllSpans, totals.Lost));
        // x/net's server under net/http's is hit there and where it starts the handler; from Go 1.27 on it is net/http's own, with the same two.
        bool both = mode == "x" || (mode is "tls" or "std-h2c" && release.Build == "sid-1.27");
        int each = both ? 5 : 4;
        long repeated = totals.NotLost.GetValueOrDefault("repeated");
        Assert.InRange(hits, each * Requests, each * Requests + repeated);
    }

    [ReleaseTheory, MemberData(nameof(Releases.H2Deep), MemberType = typeof(Releases))]
    public async Task Http2Sites_OfRequestsThatBeginOrAreServed_AreEmulated(Release release, string mode)
    {
        Assert.Equal("x-deep", mode);                                      // one row for each build with every copy
        JsonElement[] sites = [.. await SitesAsync(release, "entry", "http2-server", "xnet-http2-server", "http2-server-direct", "xnet-http2-client")];

        Assert.NotEmpty(sites);
        Assert.All(sites, s => Assert.True(s.GetProperty("emulated").GetBoolean(), s.GetRawText()));
    }

    [AgentTheory, MemberData(nameof(Releases.Grpc), MemberType = typeof(Releases))]
    public async Task Grpc_UnaryCall_CostsTwoHitsOnEachSide(Release release)
    {
        await using TracedGrpc traced = await TracedGrpc.StartAsync(release, configure: Counting);
        using IDisposable statistics = ProgramStatistics.Enable();
        await traced.CallAsync(new("unary"));
        long before = Hits(traced.Agent.Pid);

        await traced.CallAsync(new("unary", Count: Requests));

        long hits = Hits(traced.Agent.Pid) - before;
        await traced.Agent.StopAsync();
        AssertTwoHitsEach(2 * Requests, hits, CounterTotals.LastOf(traced.Agent), spans: 2 * (Requests + 1));
    }

    [ReleaseTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public async Task Sites_OfRequestsThatSucceed_AreEmulated(Release release)
    {
        JsonElement[] everyEntry = [.. await SitesAsync(release, "entry", "server", "client")], everyReturn = [.. await SitesAsync(release, "return", "client")];

        Assert.Equal(5, everyEntry.Length);                             // four of the server, one of the client
        Assert.All(everyEntry, s => Assert.True(s.GetProperty("emulated").GetBoolean(), s.GetRawText()));
        // A response leaves roundTrip by one of two ways, with and without the garbage collector's write barrier; errors leave by RETs.
        string[] returns = [.. everyReturn.Where(s => s.GetProperty("emulated").GetBoolean()).Select(s => s.GetProperty("instruction").GetString()!.Split(' ')[0])];
        Assert.Equal(["call", "jmp"], returns.Order());
        Assert.All(everyReturn.Where(s => !s.GetProperty("emulated").GetBoolean()), s => Assert.Equal("ret", s.GetProperty("instruction").GetString()));
    }

    private static void Counting(AgentOptions options)
    {
        options.TracePrinter = "counter";
        options.Variables = new Dictionary<string, string>
        {
            ["BEYLA_TRACERS_GO_RUNTIME_ENABLED"] = "false",
            ["BEYLA_TRACERS_NET_HTTP_FRONT"] = "uprobe", // servers that are seen at their sockets have no hits to count
        };
    }

    /// <summary>A probe behind Go's stack check by <c>jbe</c> (Go before 1.21) fires again when the stack grows; those hits are counted as repeated.</summary>
    private static void AssertTwoHitsEach(int requests, long hits, CounterTotals totals, int spans)
    {
        long repeated = totals.NotLost.GetValueOrDefault("repeated");
        Assert.Equal((spans, 0), (totals.AllSpans, totals.Lost));
        Assert.InRange(repeated, 0, requests / 100);
        Assert.InRange(hits, 2 * requests, 2 * requests + repeated);
    }

    /// <summary>Runs of all uprobe programs that a process holds; they count only while <see cref="ProgramStatistics.Enable"/> is held.</summary>
    private static long Hits(int pid)
    {
        Dictionary<string, long> runs = [];
        foreach (string file in Directory.GetFiles($"/proc/{pid}/fdinfo"))
        {
            Match program;
            try
            {
                program = UprobeProgram().Match(File.ReadAllText(file));
            }
            catch (FileNotFoundException)
            {
                continue;                                               // closed meanwhile
            }
            if (program.Success) runs[program.Groups["id"].Value] = long.Parse(program.Groups["runs"].Value, CultureInfo.InvariantCulture);
        }
        Assert.NotEmpty(runs);
        return runs.Values.Sum();
    }

    /// <summary>The sites of some groups of net-http in a program.</summary>
    private static async Task<IEnumerable<JsonElement>> SitesAsync(Release release, string position, params string[] groups)
    {
        string report = await ChildProcess.RunAsync(Repository.Agent, "inspect", release.Executable, "--json");
        return JsonDocument.Parse(report).RootElement.GetProperty("tracers").EnumerateArray()
            .Single(t => t.GetProperty("name").GetString() == "net-http").GetProperty("probes").EnumerateArray()
            .Where(p => groups.Contains(p.GetProperty("group").GetString()) && p.GetProperty("position").GetString() == position)
            .SelectMany(p => p.GetProperty("sites").EnumerateArray());
    }

    // bpf_prog_show_fdinfo in kernel/bpf/syscall.c; type 2 is BPF_PROG_TYPE_KPROBE, of which uprobe programs are.
    [GeneratedRegex(@"^prog_type:\s+2$.*^prog_id:\s+(?<id>\d+)$.*^run_cnt:\s+(?<runs>\d+)$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex UprobeProgram();
}

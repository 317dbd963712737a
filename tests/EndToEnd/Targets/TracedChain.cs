using System.Globalization;
using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>
/// The three processes of tests/targets/chain, traced by one agent. They run a copy of the target, so that the agent finds nobody else's. Each request
/// must give five spans, which are told apart by the request's number alone: what the agent thinks belongs together is what is tested.
/// </summary>
internal sealed partial class TracedChain : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ChainRequests> _sent = [];

    private TracedChain()
    {
    }

    public ChainTarget Chain { get; private set; } = null!;

    public Agent Agent { get; private set; } = null!;

    /// <summary>Starts everything and waits until all three are attached.</summary>
    public static async Task<TracedChain> StartAsync(Release release)
    {
        TracedChain traced = new();
        try
        {
            string executable = release.CopyTo(traced._folder, "chain");
            traced.Chain = await ChainTarget.StartAsync(new(release.Program, release.Build, executable));
            traced.Agent = await Agent.StartAsync(o =>
            {
                o.ExecutableName = $"^{Regex.Escape(executable)}$";
                o.Variables = new Dictionary<string, string>
                {
                    ["BEYLA_TRACERS_GO_SQL_QUERY_TEXT"] = "raw",              // it holds the number
                    ["BEYLA_BPF_RING_SIZE"] = "64MiB",                        // holds 50,000 spans: losses while the machine is busy are not the subject here
                };
            });
            foreach (int pid in (int[])[traced.Chain.Load.Pid, traced.Chain.Front.Pid, traced.Chain.Middle.Pid]) await traced.Agent.AttachedAsync(pid);
        }
        catch
        {
            await traced.DisposeAsync();
            throw;
        }
        return traced;
    }

    /// <summary>Sends requests, with numbers that no earlier ones had, and waits for their answers.</summary>
    public Task SendAsync(ChainRequests requests)
    {
        requests = requests with { First = _sent.Sum(r => r.Count) };
        _sent.Add(requests);
        return Chain.SendAsync(requests);
    }

    /// <summary>
    /// Sends requests of every kind, so many of each, so many at once: calls on the goroutine that serves, one and three goroutines below it, and on
    /// goroutines that nobody knows; each with a trace that comes in and without.
    /// </summary>
    public async Task SendEveryWayAsync(int count, int concurrency)
    {
        ChainRoute pool = new(Pool: true), below = new(Levels: 3);
        foreach (bool traceparent in (bool[])[false, true])
        {
            ChainRequests requests = new(Count: count, Concurrency: concurrency, Traceparent: traceparent);
            foreach (ChainRoute route in (ChainRoute[])[new(), new(Levels: 1), below, pool]) await SendAsync(requests with { Http = route, Grpc = route, Sql = route });
            await SendAsync(requests with { Grpc = pool, Sql = below });
            await SendAsync(requests with { Grpc = below, Sql = pool });
        }
    }

    /// <summary>Waits for five spans of each request, stops the agent, and checks each span's number, trace and parent.</summary>
    public async Task SpansShouldBeRightAsync()
    {
        int requests = _sent.Sum(r => r.Count);
        await Eventually.TrueAsync(
            () => Agent.Output.Lines.Count >= Steps * requests, Eventually.Soon, () => $"{Agent.Spans.Count} spans came, not {Steps * requests}:\n{string.Join('\n', Faults().Take(20))}\n{Agent.Log}");
        await Agent.StopAsync();
        string[] faults = [.. Faults()];
        Assert.True(faults.Length == 0, $"{faults.Length} faults in the spans of {requests} requests:\n{string.Join('\n', faults.Take(20))}\n{Agent.Log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null) await Agent.DisposeAsync();
        if (Chain is not null) await Chain.DisposeAsync();
        _folder.Dispose();
    }

    private const int Steps = 5;

    /// <summary>One sentence for each span that is missing, doubled, nobody's, or has another trace or parent than it should have.</summary>
    private IEnumerable<string> Faults()
    {
        ILookup<(string Step, int Number), SpanRecord> spans = Agent.Spans.ToLookup(StepOf);
        foreach (ChainRequests requests in _sent)
        {
            foreach (int number in Enumerable.Range(requests.First, requests.Count))
            {
                SpanRecord? Only(string step, List<string> faults)
                {
                    SpanRecord[] found = [.. spans[(step, number)]];
                    if (found.Length != 1) faults.Add($"request {number} has {found.Length} spans '{step}' ({requests})");
                    return found.Length == 1 ? found[0] : null;
                }
                List<string> faults = [];
                SpanRecord? load = Only("load: HTTP call", faults), front = Only("front: HTTP request", faults), call = Only("front: gRPC call", faults),
                    middle = Only("middle: gRPC request", faults), sql = Only("middle: SQL", faults);
                if (load is not null && front is not null && call is not null && middle is not null && sql is not null)
                {
                    (string, string)? remote = requests.Traceparent ? (ChainTarget.TraceId(number), ChainTarget.ParentId(number)) : null;
                    string[] others = [load.TraceId, front.TraceId, middle.TraceId];
                    Check("load: HTTP call", load, null, [.. others[1..]]);
                    Check("front: HTTP request", front, remote, requests.Traceparent ? [] : [others[0], others[2]]);
                    Check("front: gRPC call", call, requests.Grpc?.Pool == true ? null : (front.TraceId, front.SpanId), requests.Grpc?.Pool == true ? others : []);
                    Check("middle: gRPC request", middle, remote, []);
                    Check("middle: SQL", sql, requests.Sql?.Pool == true ? null : (middle.TraceId, middle.SpanId), requests.Sql?.Pool == true ? others : []);
                }
                foreach (string fault in faults) yield return fault;

                // A span without a parent must not share its trace with anything else either.
                void Check(string step, SpanRecord span, (string Trace, string Parent)? expected, string[] foreign)
                {
                    bool right = expected is { } e ? (span.TraceId, span.ParentSpanId) == e : span.ParentSpanId.Length == 0 && !foreign.Contains(span.TraceId);
                    if (!right) faults.Add($"request {number}, {step}: trace {span.TraceId}, parent '{span.ParentSpanId}', not {(expected is null ? "a root" : expected)} ({requests})");
                }
            }
        }
        HashSet<int> numbers = [.. _sent.SelectMany(r => Enumerable.Range(r.First, r.Count))];
        foreach (IGrouping<(string Step, int Number), SpanRecord> group in spans.Where(g => !numbers.Contains(g.Key.Number) || g.Key.Step.Length == 0))
            yield return $"{group.Count()} spans are no request's: {group.First()}";
    }

    /// <summary>Where in the chain a span belongs, by its process, kind and tracer, and the number in its text.</summary>
    private (string Step, int Number) StepOf(SpanRecord span)
    {
        (string step, string? text) = (span.Tracer, span.Kind) switch
        {
            ("net-http", "client") when span.ProcessId == Chain.Load.Pid => ("load: HTTP call", span.TextOf("url.full")?.Split('?')[0]),
            ("net-http", "server") when span.ProcessId == Chain.Front.Pid => ("front: HTTP request", span.TextOf("url.path")),
            ("grpc", "client") when span.ProcessId == Chain.Front.Pid => ("front: gRPC call", span.Name),
            ("grpc", "server") when span.ProcessId == Chain.Middle.Pid => ("middle: gRPC request", span.Name),
            ("go-sql", "client") when span.ProcessId == Chain.Middle.Pid => ("middle: SQL", span.TextOf("db.query.text")),
            _ => ("", null),
        };
        Match number = Number().Match(text ?? "");
        return number.Success ? (step, int.Parse(number.Groups["number"].Value, CultureInfo.InvariantCulture)) : ("", -1);
    }

    [GeneratedRegex(@"(/order/|^chain\.Orders/Get)(?<number>\d+)$|^SELECT (?<number>\d+) AS order_\k<number>$")]
    private static partial Regex Number();
}

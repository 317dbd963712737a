using EndToEnd.Targets;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EndToEnd.Harness;

/// <summary>The published agent as a child process, with real probes.</summary>
internal sealed partial class Agent : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly List<SpanRecord> _spans = [];
    private readonly Lock _lock = new();
    private Exception? _malformed;
    private IReadOnlyCollection<ExpectedSpan>? _expected;

    private Agent(ChildProcess process, bool parse)
    {
        _process = process;
        Pid = process.Pid;
        if (parse) process.Output.Added += Take;
    }

    /// <summary>Process id, as the tests see it.</summary>
    public int Pid { get; private set; }

    /// <summary>What it logs (stderr).</summary>
    public LineLog Log => _process.Error;

    /// <summary>What it prints (stdout).</summary>
    public LineLog Output => _process.Output;

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<SpanRecord> Spans
    {
        get
        {
            lock (_lock)
            {
                if (_malformed is not null) throw new FormatException("stdout holds a line that is no span", _malformed);
                return [.. _spans];
            }
        }
    }

    /// <summary>Compare only spans of this tracer: a program's own calls to itself may be seen by others, too. Null: all.</summary>
    public string? ComparedTracer { get; set; }

    private IReadOnlyList<SpanRecord> Compared => ComparedTracer is null ? Spans : [.. Spans.Where(s => s.Tracer == ComparedTracer)];

    /// <summary>Starts the agent and waits until it is ready.</summary>
    public static async Task<Agent> StartAsync(Action<AgentOptions> configure)
    {
        AgentOptions options = new();
        configure(options);
        ChildProcess process = ChildProcess.Start(options.CommandLine()[0], options.CommandLine().Skip(1), options.Environment());
        Agent agent = new(process, options.TracePrinter == "json");
        try
        {
            await Eventually.TrueAsync(
                () => process.HasExited || agent.Log.Lines.Any(l => Ready().IsMatch(l)), Eventually.Soon, () => $"the agent is not ready. {process}");
            Assert.False(process.HasExited, $"the agent ended at once. {process}");
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
        if (options.Launcher.Count > 0) agent.Pid = process.OnlyChild();
        return agent;
    }

    /// <summary>Starts the agent and waits until it is attached to a target that already runs.</summary>
    public static async Task<Agent> StartAsync(TargetProcess target, Action<AgentOptions>? configure = null)
    {
        Agent agent = await StartAsync(o =>
        {
            o.OpenPort = target.Port.ToString(CultureInfo.InvariantCulture);
            configure?.Invoke(o);
        });
        await agent.AttachedAsync(target.Pid);
        return agent;
    }

    /// <summary>Where root's agent answers questions (docs/explain.md).</summary>
    public string ControlSocket => string.Create(CultureInfo.InvariantCulture, $"/run/beyla/agent-{Pid}.sock");

    /// <summary>Waits until the agent says that it is attached to the process.</summary>
    public Task AttachedAsync(int pid) => Log.WaitForAsync(
        new Regex($@"attached .*pid {pid}\b"), Eventually.Soon, () => $"The agent is not attached to pid {pid}.");

    /// <summary>What it has in memory now, its files' pages included (VmRSS).</summary>
    public double ResidentMegabytes() => double.Parse(
        File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    /// <summary>Whether the agent ever said that it is attached to the process.</summary>
    public bool IsAttached(int pid) => Log.Lines.Any(l => Regex.IsMatch(l, $@"attached .*pid {pid}\b"));

    /// <summary>Waits until exactly these spans have come, in any order; <see cref="StopAsync"/> checks that no other followed.</summary>
    public async Task SpansShouldBeAsync(params IReadOnlyCollection<ExpectedSpan> expected)
    {
        _expected = expected;
        await Eventually.TrueAsync(() => SpanComparison.Difference(expected, Compared) is null, Eventually.Soon, Explain);
        AssertWellFormed(Spans);
    }

    /// <summary>SIGTERM. The agent must drain, detach and end with 0, and no span may have come beside the expected ones.</summary>
    /// <returns>How long that took. No single time says anything on a busy machine: <see cref="LatencyTests"/> judge the median.</returns>
    public async Task<TimeSpan> StopAsync()
    {
        Assert.False(_process.HasExited, $"the agent ended by itself\n{_process}");
        ChildProcess.Signal(Pid, "TERM");
        TimeSpan time = await _process.ExitAsync(Eventually.Soon);
        Assert.True(_process.ExitCode == 0, $"the agent ended with {_process.ExitCode} after SIGTERM\n{_process}");
        if (_expected is not null && SpanComparison.Difference(_expected, Compared) is not null) Assert.Fail("after the end: " + Explain());
        return time;
    }

    /// <summary>SIGKILL: what a crash looks like to the kernel and to the targets.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private string Explain() => $"{SpanComparison.Difference(_expected!, Compared)}\nThe agent's log:\n{Log}";

    private void Take(string line)
    {
        lock (_lock)
        {
            try
            {
                _spans.Add(SpanRecord.Parse(line));
            }
            catch (Exception e)
            {
                _malformed ??= new FormatException(line, e);
            }
        }
    }

    private static void AssertWellFormed(IReadOnlyList<SpanRecord> spans)
    {
        foreach (SpanRecord span in spans)
        {
            Assert.Matches("^[0-9a-f]{32}$", span.TraceId);
            Assert.Matches("^[0-9a-f]{16}$", span.SpanId);
            Assert.InRange(span.End - span.Start, 0UL, 120_000_000_000UL);
            TimeSpan age = DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds((long)(span.End / 1_000_000));
            Assert.InRange(age.TotalSeconds, -1, 300);
            Assert.NotEmpty(span.Tracer);
            Assert.NotEmpty(span.Resource.GetProperty("service.name").GetString()!);
        }
        Assert.Equal(spans.Count, spans.Select(s => s.SpanId).Distinct().Count());
    }

    [GeneratedRegex(@"\bready\b")]
    private static partial Regex Ready();
}

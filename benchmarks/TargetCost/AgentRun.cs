using System.Globalization;
using System.Text.RegularExpressions;

namespace TargetCost;

/// <summary>The agent during one slice: started before, attached or idle, stopped after.</summary>
internal sealed partial class AgentRun : IDisposable
{
    private readonly PinnedProcess _agent;
    private readonly long _cpuAtStart;

    private AgentRun(PinnedProcess agent) => (_agent, _cpuAtStart) = (agent, agent.CpuTime());

    /// <summary>Process id.</summary>
    public int Pid => _agent.Pid;

    /// <summary>Starts the agent and waits until it is attached to the target.</summary>
    public static AgentRun Attached(string path, Workload workload)
    {
        PinnedProcess agent = Start(path, workload.Selection);
        agent.WaitFor(new Regex($@"attached .*pid {workload.Target.Pid}\b"));
        return new AgentRun(agent);
    }

    /// <summary>Starts the agent for a port that nobody listens on: it watches processes and traces none.</summary>
    public static AgentRun Idle(string path)
    {
        PinnedProcess agent = Start(path, ["--open-port", "1"]);
        agent.WaitFor(Ready());
        return new AgentRun(agent);
    }

    /// <summary>Stops it and returns what it did since it was attached.</summary>
    public AgentWork Stop()
    {
        (long cpu, long resident) = (_agent.CpuTime() - _cpuAtStart, _agent.ResidentBytes());
        _agent.Stop();
        Match totals = _agent.Lines.Select(l => Totals().Match(l)).LastOrDefault(m => m.Success)
            ?? throw new InvalidOperationException($"the agent printed no totals; it said:\n{string.Join('\n', _agent.Lines)}");
        long spans = Numbers().Matches(totals.Groups["spans"].Value).Sum(m => long.Parse(m.Value, CultureInfo.InvariantCulture));
        return new AgentWork(cpu, resident, spans, long.Parse(totals.Groups["lost"].Value, CultureInfo.InvariantCulture));
    }

    public void Dispose() => _agent.Dispose();

    private static PinnedProcess Start(string path, string[] selection) =>
        new(Slice.LoadCore, path, ["run", .. selection, "--trace-printer", "counter"]);

    [GeneratedRegex(@"\bready\b")]
    private static partial Regex Ready();

    [GeneratedRegex(@"\bspans (?<spans>(?:[\w.-]+=\d+ )*)lost=(?<lost>\d+)")]
    private static partial Regex Totals();

    [GeneratedRegex(@"(?<==)\d+")]
    private static partial Regex Numbers();
}

/// <summary>What an agent did and used between its attachment and its end.</summary>
/// <param name="CpuTime">CPU time, ns.</param>
/// <param name="ResidentBytes">Resident memory at the end.</param>
/// <param name="Spans">Spans it printed.</param>
/// <param name="Lost">Events it counted as lost.</param>
internal sealed record AgentWork(long CpuTime, long ResidentBytes, long Spans, long Lost);

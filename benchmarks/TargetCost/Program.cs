using TargetCost;

try
{
    Arguments arguments = Arguments.Parse(args);
    using Workload workload = Workload.Start(arguments.Workload, arguments.Target);
    Slice Load() => Slice.Measure(workload, Arguments.SliceSeconds);
    Load();                                                       // warms the target up

    List<Comparison> attached = [], idle = [];
    Slice last = Load();
    int pairs = Math.Max(1, arguments.Seconds / (4 * Arguments.SliceSeconds));
    for (int i = 0; i < pairs; i++)
    {
        attached.Add(Compare(() => AgentRun.Attached(arguments.Agent, workload)));
        idle.Add(Compare(() => AgentRun.Idle(arguments.Agent)));
    }

    (double hits, double nanoseconds) = MeasureBpf();
    Report report = Report.Of(arguments.Workload, attached, idle, hits, nanoseconds);
    Console.WriteLine(arguments.Json ? report.ToJson() : report.ToText());
    return 0;

    Comparison Compare(Func<AgentRun> start)
    {
        Slice before = last, with;
        AgentWork work;
        using (AgentRun agent = start())
        {
            with = Load();
            work = agent.Stop();
        }
        last = Load();
        return new Comparison(before, with, last, work);
    }

    (double Hits, double Nanoseconds) MeasureBpf()
    {
        using BpfStatistics clock = new();
        using AgentRun agent = AgentRun.Attached(arguments.Agent, workload);
        (long runs, long time) = BpfStatistics.Of(agent.Pid);
        Slice slice = Load();
        (long runsAfter, long timeAfter) = BpfStatistics.Of(agent.Pid);
        agent.Stop();
        return ((runsAfter - runs) / (double)slice.Requests, (timeAfter - time) / (double)slice.Requests);
    }
}
catch (Exception e) when (e is ArgumentException or InvalidOperationException)
{
    Console.Error.WriteLine($"target-cost: {e.Message}");
    return 1;
}

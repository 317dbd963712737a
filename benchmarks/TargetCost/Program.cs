using System.Globalization;
using System.Text.RegularExpressions;
using TargetCost;

try
{
    Arguments arguments = Arguments.Parse(args);
    using PinnedProcess server = new(Slice.ServerCore, arguments.Target, "-listen", "127.0.0.1:0");
    int port = int.Parse(server.WaitFor(new Regex(@"listening on .*:(\d+)$")).Groups[1].Value, CultureInfo.InvariantCulture);
    Slice Load() => Slice.Measure(server, port, Arguments.SliceSeconds);
    Load();                                                       // warms the server up

    List<Comparison> attached = [], idle = [];
    Slice last = Load();
    int pairs = Math.Max(1, arguments.Seconds / (4 * Arguments.SliceSeconds));
    for (int i = 0; i < pairs; i++)
    {
        attached.Add(Compare(() => AgentRun.Attached(arguments.Agent, server, port)));
        idle.Add(Compare(() => AgentRun.Idle(arguments.Agent)));
    }

    (double hits, double nanoseconds) = MeasureBpf();
    Report report = Report.Of(attached, idle, hits, nanoseconds);
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
        using AgentRun agent = AgentRun.Attached(arguments.Agent, server, port);
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

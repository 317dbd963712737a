using System.Globalization;

namespace TargetCost;

/// <summary>One stretch of load and what it cost.</summary>
/// <param name="Requests">Calls that were answered.</param>
/// <param name="RequestsPerSecond">The same per second.</param>
/// <param name="TargetMicroseconds">CPU time of the server per request, µs.</param>
/// <param name="Steal">Share of the machine's time that its host gave to others, 0 to 1.</param>
internal sealed record Slice(long Requests, double RequestsPerSecond, double TargetMicroseconds, double Steal)
{
    /// <summary>Cores: the server has one for itself, the load and the agent share the other.</summary>
    public const int ServerCore = 1, LoadCore = 0;

    /// <summary>Slices with more steal say nothing.</summary>
    public const double StealLimit = 0.06;

    /// <summary>Whether it counts.</summary>
    public bool IsQuiet => Steal <= StealLimit;

    /// <summary>Loads a workload's target for some seconds.</summary>
    public static Slice Measure(Workload workload, int seconds)
    {
        (long steal, long all) = MachineTime();
        long cpu = workload.Target.CpuTime();
        (long calls, double time) = workload.Load(seconds);
        cpu = workload.Target.CpuTime() - cpu;
        (long stealAfter, long allAfter) = MachineTime();
        return new Slice(calls, calls / time, cpu / 1000.0 / calls, (stealAfter - steal) / (double)(allAfter - all));
    }

    /// <summary>Steal and total time of all cores, ticks (/proc/stat, first line: user nice system idle iowait irq softirq steal).</summary>
    private static (long Steal, long All) MachineTime()
    {
        long[] times = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(t => long.Parse(t, CultureInfo.InvariantCulture))];
        return (times[7], times.Sum());
    }
}

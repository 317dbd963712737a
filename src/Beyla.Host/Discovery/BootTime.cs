using System.Globalization;

namespace Beyla.Host.Discovery;

/// <summary>Start times of processes, which the kernel counts from its boot, as times of the clock.</summary>
internal static class BootTime
{
    /// <summary>The unit of times in /proc: USER_HZ is 100 on all architectures that we run on.</summary>
    public const int TicksPerSecond = 100;

    /// <summary>When a process began, to a hundredth of a second.</summary>
    public static DateTimeOffset Of(ProcessId process, TimeProvider time) => time.GetUtcNow() - SinceBoot() + TimeSpan.FromSeconds((double)process.StartTime / TicksPerSecond);

    /// <summary>Time since boot, also asleep: the first number of /proc/uptime (proc_uptime(5)).</summary>
    public static TimeSpan SinceBoot()
    {
        string uptime = File.ReadAllText("/proc/uptime");
        return TimeSpan.FromSeconds(double.Parse(uptime.AsSpan(0, uptime.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture));
    }
}

using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>The clock of <c>bpf_ktime_get_ns</c> and of every event: CLOCK_MONOTONIC.</summary>
public static unsafe class MonotonicClock
{
    private const int Attempts = 5;

    /// <summary>Nanoseconds since boot, without time asleep.</summary>
    public static ulong Now => (ulong)Read(Libc.ClockMonotonic);

    /// <summary>
    /// What to add to a monotonic time to get nanoseconds since the Unix epoch. The best of a few readings: exact to well below a
    /// microsecond unless the machine is overloaded. It changes when the wall clock is set, so ask again from time to time.
    /// </summary>
    public static long WallOffset()
    {
        long offset = 0, narrowest = long.MaxValue;
        for (int i = 0; i < Attempts; i++)
        {
            long before = Read(Libc.ClockMonotonic), wall = Read(Libc.ClockRealtime), after = Read(Libc.ClockMonotonic);
            if (after - before >= narrowest) continue;
            narrowest = after - before;
            offset = wall - (before + narrowest / 2);
        }
        return offset;
    }

    private static long Read(int clock)
    {
        Libc.TimeSpec time;
        _ = Libc.clock_gettime(clock, &time);
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }
}

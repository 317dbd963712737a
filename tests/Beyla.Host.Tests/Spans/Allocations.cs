using System.Diagnostics;

namespace Beyla.Host.Tests.Spans;

/// <summary>Measures what code allocates once buffers have grown and it is compiled: unoptimized code boxes where optimized code does not.</summary>
internal static class Allocations
{
    /// <summary>The fewest bytes that <paramref name="repeat"/> calls allocated, tried until that is none or half a minute has passed.</summary>
    public static long InSteadyState(Action action, int repeat = 10_000)
    {
        long fewest = long.MaxValue;
        for (long started = Stopwatch.GetTimestamp(); fewest != 0 && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30);)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < repeat; i++) action();
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return fewest;
    }
}

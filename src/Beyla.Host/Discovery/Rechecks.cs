using System.Diagnostics;

namespace Beyla.Host.Discovery;

/// <summary>One more look at a process.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Port">Null: is it ready, what does it run? Otherwise the port it should listen on by now, 0 for any.</param>
/// <param name="Attempt">How many looks there were.</param>
internal readonly record struct Recheck(int Pid, int? Port, int Attempt);

/// <summary>Looks that are due later.</summary>
internal sealed class Rechecks
{
    private readonly PriorityQueue<Recheck, long> _queue = new();

    /// <summary>Plans <paramref name="recheck"/>.</summary>
    public void Add(Recheck recheck, TimeSpan delay) =>
        _queue.Enqueue(recheck, Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency));

    /// <summary>Time until the next is due, zero when it is overdue, at most <paramref name="limit"/>.</summary>
    public TimeSpan UntilNext(TimeSpan limit)
    {
        if (!_queue.TryPeek(out _, out long due)) return limit;
        TimeSpan left = due <= Stopwatch.GetTimestamp() ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        return left < limit ? left : limit;
    }

    /// <summary>Takes one that is due.</summary>
    public bool TryTake(out Recheck recheck)
    {
        recheck = default;
        return _queue.TryPeek(out _, out long due) && due <= Stopwatch.GetTimestamp() && _queue.TryDequeue(out recheck, out _);
    }
}

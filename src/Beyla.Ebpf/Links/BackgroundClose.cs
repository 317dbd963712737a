using System.Collections.Concurrent;

namespace Beyla.Ebpf;

/// <summary>
/// Closes what is slow to close on background threads that end when there is nothing left: the kernel waits for a grace period
/// for each event, and such waits overlap.
/// </summary>
internal static class BackgroundClose
{
    /// <summary>All that wait share one grace period, so few rounds matter more than few threads: under load a round can take a second.</summary>
    private const int MaxThreads = 32;

    private static readonly ConcurrentQueue<IDisposable> Waiting = new();
    private static readonly Lock Gate = new();
    private static readonly ManualResetEventSlim Idle = new(initialState: true);
    private static int s_threads;

    public static void Add(IEnumerable<IDisposable> items)
    {
        lock (Gate)
        {
            foreach (IDisposable item in items) Waiting.Enqueue(item);
            for (int wanted = Math.Min(Waiting.Count, MaxThreads); s_threads < wanted; s_threads++)
                new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "bpf-close" }.Start();
            if (s_threads > 0) Idle.Reset();
        }
    }

    public static bool Drain(TimeSpan timeout) => Idle.Wait(timeout);

    private static void Run()
    {
        while (true)
        {
            while (Waiting.TryDequeue(out IDisposable? item)) item.Dispose();
            lock (Gate)
            {
                if (!Waiting.IsEmpty) continue;
                if (--s_threads == 0) Idle.Set();
                return;
            }
        }
    }
}

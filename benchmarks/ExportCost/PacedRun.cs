using System.Diagnostics;
using System.Globalization;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp.Sending;

namespace ExportCost;

/// <summary>Feeds at an even pace and tells what it cost after the code has been compiled.</summary>
internal static class PacedRun
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10), WarmUp = TimeSpan.FromSeconds(5);

    /// <summary>Runs, and prints one line.</summary>
    /// <param name="feed">The records.</param>
    /// <param name="sender">Sends the spans.</param>
    /// <param name="losses">The books.</param>
    /// <param name="seconds">Length of the measured part.</param>
    /// <param name="rate">Spans per second.</param>
    public static void Run(RequestFeed feed, OtlpSender sender, LossLedger losses, int seconds, int rate)
    {
        int slice = (int)(rate * Slice.TotalSeconds);
        Pace(feed, slice, WarmUp);
        long delivered = sender.Counts.Exported, lost = Lost(losses), allocated = GC.GetTotalAllocatedBytes(precise: true), here = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long begin = Stopwatch.GetTimestamp(), fed = Pace(feed, slice, TimeSpan.FromSeconds(seconds));
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu, took = Stopwatch.GetElapsedTime(begin);
        long onPump = GC.GetAllocatedBytesForCurrentThread() - here, everywhere = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{fed / took.TotalSeconds:F0} spans/s for {took.TotalSeconds:F0} s: {used.TotalMicroseconds / fed:F3} us of CPU per span (all threads), allocated per span: {(double)onPump / fed:F3} B on the pump's thread, "
            + $"{(double)everywhere / fed:F2} B in all; delivered {sender.Counts.Exported - delivered}, lost {Lost(losses) - lost}."));
    }

    /// <summary>Feeds in slices; a slice that comes late is made up for.</summary>
    private static long Pace(RequestFeed feed, int slice, TimeSpan time)
    {
        long fed = 0, begin = Stopwatch.GetTimestamp();
        for (int i = 0; Slice * i < time; i++)
        {
            feed.Drain(slice);
            fed += slice;
            TimeSpan early = (Slice * (i + 1)) - Stopwatch.GetElapsedTime(begin);
            if (early > TimeSpan.Zero) Thread.Sleep(early);
        }
        return fed;
    }

    private static long Lost(LossLedger losses) => losses.Read().Where(l => LossReason.IsLoss(l.Reason)).Sum(l => l.Count);
}

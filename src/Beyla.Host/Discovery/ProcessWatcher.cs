using System.Diagnostics;
using System.Threading.Channels;
using Beyla.Ebpf;
using Beyla.Host.Configuration;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Discovery;

/// <summary>
/// Watches the processes of this machine: first a snapshot of those that run, then the kernel's own events, and every <c>poll_interval</c> a
/// look at /proc that finds what was missed. It only reads. One thread does it all.
/// </summary>
/// <param name="options">Poll interval.</param>
/// <param name="source">The kernel's events; null: polling only. Its owner disposes it, after <see cref="RunAsync"/> has ended.</param>
/// <param name="log">For what limits the view.</param>
internal sealed class ProcessWatcher(DiscoveryOptions options, ProcessEventSource? source, ILogger<ProcessWatcher> log)
{
    private readonly Channel<ProcessEvent> _events = Channel.CreateUnbounded<ProcessEvent>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private volatile DiscoveryOptions _options = options;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What happens, in order; complete when the watcher has stopped.</summary>
    public ChannelReader<ProcessEvent> Events => _events.Reader;

    /// <summary>Completes when the processes that ran at the start have been told.</summary>
    public Task Started => _started.Task;

    /// <summary>Puts a changed configuration in force. From any thread.</summary>
    public void Apply(DiscoveryOptions changed)
    {
        _options = changed;
        source?.Wake();
    }

    /// <summary>Watches until <paramref name="stop"/>.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.Factory.StartNew(() => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stop)
    {
        try
        {
            Watch(stop);
            _events.Writer.Complete();
        }
        catch (Exception e)
        {
            _events.Writer.Complete(e);
            throw;
        }
        finally
        {
            _started.TrySetCanceled(CancellationToken.None);
        }
    }

    private void Watch(CancellationToken stop)
    {
        Rechecks rechecks = new();
        IPortScan ports = source?.Listeners is { } listeners ? new KernelPortScan(listeners) : new ProcPortScan();
        ProcessScan scan = new(e => _events.Writer.TryWrite(e), ports, rechecks);
        Action<ProcessRecord> handle = record => scan.Handle(record);
        using CancellationTokenRegistration wake = stop.Register(() => source?.Wake());

        scan.All();
        _started.TrySetResult();
        if (ports is ProcPortScan { Incomplete: true })
            log.LogWarning("The ports of some processes stay unknown: reading their file descriptors needs CAP_SYS_PTRACE. Run as root or grant it.");

        long polled = Stopwatch.GetTimestamp();
        ulong lost = 0;
        while (!stop.IsCancellationRequested)
        {
            TimeSpan wait = rechecks.UntilNext(_options.PollInterval - Stopwatch.GetElapsedTime(polled));
            if (wait > TimeSpan.Zero) Wait(wait, stop);
            try
            {
                source?.Drain(handle);
                while (rechecks.TryTake(out Recheck recheck)) scan.Handle(recheck);

                if (Stopwatch.GetElapsedTime(polled) < _options.PollInterval) continue;
                polled = Stopwatch.GetTimestamp();
                scan.All();
                lost = ReportLoss(lost);
            }
            catch (Exception e) when (e is BpfException or IOException or UnauthorizedAccessException)
            {
                log.LogWarning("A look at the processes of this machine failed, the next poll repeats it: {Reason}", e.Message);
            }
        }
    }

    private ulong ReportLoss(ulong before)
    {
        ulong lost = source?.Lost ?? 0;
        if (lost != before)
            log.LogWarning("{Count} process events of the kernel were lost because their ring was full; /proc was read instead.", lost - before);
        return lost;
    }

    private void Wait(TimeSpan timeout, CancellationToken stop)
    {
        if (source is null) stop.WaitHandle.WaitOne(timeout);
        else source.Wait(timeout);
    }
}

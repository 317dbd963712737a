using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beyla.Host.Tests.Discovery;

/// <summary>How a watcher learns what happens.</summary>
public enum Sight
{
    /// <summary>By the kernel's events alone: the poll comes too late for any test.</summary>
    Events,

    /// <summary>The same, with ports read from /proc, as before Linux 6.1.</summary>
    EventsAndProc,

    /// <summary>By the poll alone.</summary>
    Poll,
}

/// <summary>A running <see cref="ProcessWatcher"/> and what it has told so far.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<ProcessEvent> _told = [];
    private readonly ProcessEventSource? _source;
    private readonly Task _watching, _collecting;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Watch(Sight sight)
    {
        _source = sight == Sight.Poll ? null : ProcessEventSource.Open(iterate: sight == Sight.Events);
        if (sight == Sight.Events) Assert.NotNull(_source!.Listeners);
        TimeSpan pollInterval = sight == Sight.Poll ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromHours(1);
        ProcessWatcher watcher = new(new DiscoveryOptions { PollInterval = pollInterval }, _source, NullLogger<ProcessWatcher>.Instance);
        _watching = watcher.RunAsync(_stop.Token);
        _collecting = CollectAsync(watcher);
        Started = watcher.Started;
    }

    private Task Started { get; }

    public static async Task<Watch> StartAsync(Sight sight)
    {
        Watch watch = new(sight);
        await watch.Started.WaitAsync(Patience);
        return watch;
    }

    /// <summary>All that was told of one pid, in order.</summary>
    public IReadOnlyList<ProcessEvent> Of(int pid)
    {
        lock (_told) return [.. _told.Where(e => Pid(e) == pid)];
    }

    /// <summary>All that was told.</summary>
    public IReadOnlyList<ProcessEvent> All()
    {
        lock (_told) return [.. _told];
    }

    /// <summary>The first told event of this pid that fits, waited for.</summary>
    public async Task<T> ExpectAsync<T>(int pid, Func<T, bool>? fits = null) where T : ProcessEvent
    {
        T? found = null;
        await UntilAsync(() => (found = Of(pid).OfType<T>().FirstOrDefault(fits ?? (_ => true))) is not null, () => $"no such {typeof(T).Name} of {pid}; told: {string.Join("; ", Of(pid))}");
        return found!;
    }

    /// <summary>The process with this pid, once it is told to listen on all these ports.</summary>
    public async Task<ProcessInfo> ExpectPortsAsync(int pid, params int[] ports) =>
        (await ExpectAsync<ProcessCreated>(pid, e => e.Process.OpenPorts.IsSupersetOf(ports))).Process;

    /// <summary>Waits for a condition that news may make true.</summary>
    public async Task UntilAsync(Func<bool> condition, Func<string> failure)
    {
        using CancellationTokenSource deadline = new(Patience);
        while (true)
        {
            Task more = Volatile.Read(ref _more).Task;
            if (condition()) return;
            try
            {
                await more.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(failure());
            }
        }
    }

    /// <summary>Waits for a condition outside the watcher.</summary>
    public static async Task UntilTrueAsync(Func<bool> condition)
    {
        using CancellationTokenSource deadline = new(Patience);
        while (!condition()) await Task.Delay(5, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await _collecting;
        _source?.Dispose();
        _stop.Dispose();
    }

    private static int Pid(ProcessEvent e) => e switch
    {
        ProcessCreated created => created.Process.Pid,
        ProcessDeleted deleted => deleted.Id.Pid,
        _ => 0,
    };

    private async Task CollectAsync(ProcessWatcher watcher)
    {
        await foreach (ProcessEvent e in watcher.Events.ReadAllAsync())
        {
            lock (_told) _told.Add(e);
            Interlocked.Exchange(ref _more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }
}

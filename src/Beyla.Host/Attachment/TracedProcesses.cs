using System.Collections.Concurrent;
using Beyla.Host.Spans;

namespace Beyla.Host.Attachment;

/// <summary>
/// The processes under trace by handle. Written by the attacher, read by the pump for each event. An ended process stays for a while, because
/// its last records may still be in the ring.
/// </summary>
internal sealed class TracedProcesses(TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<uint, TracedProcess> _byHandle = new();
    private readonly ConcurrentDictionary<uint, TracedProcess> _running = new();
    private readonly Queue<(long Since, uint Handle)> _ended = new();
    private uint _last;

    /// <summary>A process was marked as ended; its last records may still come. Raised on the thread that marks.</summary>
    public event Action<uint>? Ended;

    /// <summary>Those that have not ended.</summary>
    public ICollection<TracedProcess> Running => _running.Values;

    /// <summary>Makes an entry; handles start at 1 and are never reused.</summary>
    public TracedProcess Add(Func<uint, TracedProcess> make)
    {
        TracedProcess process = make(++_last);
        _byHandle[process.Handle] = _running[process.Handle] = process;
        return process;
    }

    /// <summary>Replaces what is known of a process by its handle.</summary>
    public void Replace(TracedProcess process)
    {
        _byHandle[process.Handle] = process;
        if (_running.ContainsKey(process.Handle)) _running[process.Handle] = process; // written by the attacher only
    }

    /// <summary>Marks a process as ended.</summary>
    public void End(uint handle)
    {
        while (_ended.TryPeek(out (long Since, uint Handle) oldest) && time.GetElapsedTime(oldest.Since) > Grace)
            _byHandle.TryRemove(_ended.Dequeue().Handle, out _);
        _ended.Enqueue((time.GetTimestamp(), handle));
        _running.TryRemove(handle, out _);
        Ended?.Invoke(handle);
    }

    /// <summary>The process of a handle.</summary>
    public bool TryGet(uint handle, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TracedProcess? process) => _byHandle.TryGetValue(handle, out process);
}

using Beyla.Ebpf;

namespace Beyla.Host.Events;

/// <summary>The one thread that reads the events ring. Everything from record to printed span happens on it, in order.</summary>
internal sealed class EventPump : IDisposable
{
    private readonly RingConsumer _ring;
    private readonly EventDispatcher _dispatcher;
    private readonly TimeSpan _timeout;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <param name="ring">The shared events ring.</param>
    /// <param name="dispatcher">Takes the records.</param>
    /// <param name="timeout">Longest time a record waits: the BPF side wakes the pump only when the ring fills up.</param>
    public EventPump(RingConsumer ring, EventDispatcher dispatcher, TimeSpan timeout)
    {
        (_ring, _dispatcher, _timeout) = (ring, dispatcher, timeout);
        _thread = new Thread(Run) { Name = "event-pump", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Reads what is left in the ring and ends the thread. Call after the probes are gone.</summary>
    public void Dispose()
    {
        _stopping = true;
        if (_thread.IsAlive) _thread.Join();
        _ring.Dispose();
    }

    private void Run()
    {
        RecordHandler handler = _dispatcher.Dispatch;
        while (!_stopping)
        {
            _ring.Wait(_timeout);
            _ring.Drain(handler);
            _dispatcher.Flush();
        }
        _ring.Drain(handler);
        _dispatcher.Flush();
    }
}

namespace Beyla.Host.Plugins;

/// <summary>What happened in a tracer's decode function. Written by the thread that decodes, read by any.</summary>
internal sealed class TracerCounters
{
    private long _events, _faults;

    /// <summary>Records handed to the tracer.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Records lost to an exception of the tracer.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>Only one thread decodes at a time: no interlocked operation is needed.</summary>
    public void CountEvent() => Volatile.Write(ref _events, _events + 1);

    /// <summary>As <see cref="CountEvent"/>.</summary>
    public void CountFault() => Volatile.Write(ref _faults, _faults + 1);
}

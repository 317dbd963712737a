namespace Beyla.Ebpf;

/// <summary>Takes one record of the ring.</summary>
/// <param name="record">Valid during the call: it lies in memory shared with the kernel, 8-byte aligned.</param>
public delegate void RecordHandler(ReadOnlySpan<byte> record);

/// <summary>
/// Reads a BPF ring buffer through its mapped pages, without a system call or an allocation per record. For one thread; only
/// <see cref="Wake"/>, <see cref="Pending"/> and <see cref="Size"/> are for others, too. There must be no second consumer of the ring.
/// </summary>
public sealed class RingConsumer : IDisposable
{
    /// <summary>Read bytes are given back to the kernel in steps of this: each step costs a shared cache line (10 against 17 ns a record).</summary>
    private const int PublishBytes = 64 * 1024;

    private readonly RingMemory _memory;
    private readonly RingWakeup _wakeup;
    private readonly ulong _publishBytes;

    /// <summary>Maps the ring. The map may be disposed of afterwards.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    /// <exception cref="ArgumentException">The map is no ring buffer.</exception>
    public RingConsumer(BpfMap ring)
    {
        _memory = new RingMemory(ring);
        _wakeup = new RingWakeup(ring);
        _publishBytes = Math.Min(PublishBytes, _memory.Size / 4); // a small ring must not look full for long
    }

    /// <summary>Bytes of the ring.</summary>
    public uint Size => _memory.Size;

    /// <summary>Bytes that wait to be read, headers and unfinished records included.</summary>
    public ulong Pending => _memory.Produced - _memory.Consumed;

    /// <summary>Sleeps until a program submits with a wake-up or <see cref="Wake"/> is called, at most for <paramref name="timeout"/> (in whole milliseconds).</summary>
    /// <returns>true: woken; false: time is up. Records may be there in both cases.</returns>
    public bool Wait(TimeSpan timeout) => _wakeup.Wait(timeout);

    /// <summary>Ends the running <see cref="Wait"/>, or the next one. For any thread.</summary>
    public void Wake() => _wakeup.Call();

    /// <summary>Hands every finished record to <paramref name="handler"/>, in order, up to <paramref name="max"/>; stops at one that is still being written.</summary>
    /// <returns>The number of records handed over. Discarded ones do not count.</returns>
    /// <remarks>When the handler throws, its record counts as read and the exception goes on to the caller: the next call starts after it.</remarks>
    public int Drain(RecordHandler handler, int max = int.MaxValue)
    {
        ulong position = _memory.Consumed, published = position;
        int count = 0;
        try
        {
            while (true)
            {
                ulong produced = _memory.Produced;
                bool stopped = false;
                while (position < produced && count < max && !stopped)
                {
                    RecordState state = _memory.Read(position, out ReadOnlySpan<byte> record, out ulong next);
                    stopped = state == RecordState.Busy;
                    position = next; // before the call: a record whose handler throws is not read twice
                    if (state != RecordState.Ready) continue;
                    count++;
                    handler(record);
                    if (position - published < _publishBytes) continue;
                    _memory.Consumed = published = position;
                }
                if (count >= max || published == position) return count;
                // A program that submits wakes us only if it sees that we have caught up. So publish, then look once more.
                _memory.Consumed = published = position;
                Interlocked.MemoryBarrier();
            }
        }
        finally
        {
            if (published != position) _memory.Consumed = position;
        }
    }

    /// <summary>Unmaps the ring. No other member may be running.</summary>
    public void Dispose()
    {
        _wakeup.Dispose();
        _memory.Dispose();
    }
}

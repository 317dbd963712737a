using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>
/// The mapped pages of a ring buffer (kernel/bpf/ringbuf.c): consumer position (writable), producer position, then the data twice in a
/// row, so that a record which wraps is contiguous. The kernel puts in every page at once and counts it as resident memory of ours, so only
/// the beginning of the second copy is mapped; a record that wraps further than that is put together in a buffer.
/// </summary>
internal sealed unsafe class RingMemory : IDisposable
{
    private const uint BusyBit = 1u << 31, DiscardBit = 1u << 30; // BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT
    private const int HeaderBytes = 8;
    private const uint WrapBytes = 64 * 1024;

    private readonly nint _consumerPage, _producerPages;
    private readonly byte* _data;
    private readonly ulong _mask;
    private byte[] _wrapped = [];
    private readonly nuint _pageSize = (nuint)Environment.SystemPageSize;

    public RingMemory(BpfMap ring)
    {
        if (ring.Type != BpfMapType.RingBuffer) throw new ArgumentException($"map '{ring.Name}' is no ring buffer: it is {ring.Layout}.", nameof(ring));
        Size = ring.MaxEntries;
        _mask = Size - 1;
        _consumerPage = Map(ring, _pageSize, Libc.ProtRead | Libc.ProtWrite, 0);
        try
        {
            _producerPages = Map(ring, ProducerLength, Libc.ProtRead, (long)_pageSize);
        }
        catch
        {
            _ = Libc.munmap(_consumerPage, _pageSize);
            throw;
        }
        _data = (byte*)_producerPages + _pageSize;
    }

    /// <summary>Bytes of the ring.</summary>
    public uint Size { get; }

    /// <summary>Bytes ever consumed. Setting it frees the room for the kernel.</summary>
    public ulong Consumed
    {
        get => Volatile.Read(ref *(ulong*)_consumerPage);
        set => Volatile.Write(ref *(ulong*)_consumerPage, value);
    }

    /// <summary>Bytes ever reserved by programs.</summary>
    public ulong Produced => Volatile.Read(ref *(ulong*)_producerPages);

    /// <summary>The record at a position that is below <see cref="Produced"/>.</summary>
    /// <param name="position">Where the header lies.</param>
    /// <param name="record">The payload; empty when discarded.</param>
    /// <param name="next">The position after it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RecordState Read(ulong position, out ReadOnlySpan<byte> record, out ulong next)
    {
        byte* header = _data + (position & _mask);
        uint word = Volatile.Read(ref *(uint*)header);
        record = default;
        next = position;
        if ((word & BusyBit) != 0) return RecordState.Busy;
        uint length = word & ~DiscardBit;
        next = position + ((ulong)length + HeaderBytes + 7 & ~7ul);
        if ((word & DiscardBit) != 0) return RecordState.Discarded;
        record = (position & _mask) + HeaderBytes + length <= MappedBytes ? new ReadOnlySpan<byte>(header + HeaderBytes, (int)length) : PutTogether(position + HeaderBytes, length);
        return RecordState.Ready;
    }

    public void Dispose()
    {
        _ = Libc.munmap(_consumerPage, _pageSize);
        _ = Libc.munmap(_producerPages, ProducerLength);
    }

    private nuint ProducerLength => _pageSize + MappedBytes;

    private nuint MappedBytes => Size + Math.Min(Size, WrapBytes);

    /// <summary>A header never wraps: positions are multiples of 8.</summary>
    private ReadOnlySpan<byte> PutTogether(ulong position, uint length)
    {
        if (_wrapped.Length < length) _wrapped = new byte[length];
        int at = (int)(position & _mask), first = (int)Size - at;
        new ReadOnlySpan<byte>(_data + at, first).CopyTo(_wrapped);
        new ReadOnlySpan<byte>(_data, (int)length - first).CopyTo(_wrapped.AsSpan(first));
        return _wrapped.AsSpan(0, (int)length);
    }

    private static nint Map(BpfMap ring, nuint length, int protection, long offset)
    {
        nint address = Libc.mmap(0, length, protection, Libc.MapShared, ring.Handle, offset);
        return address != -1 ? address : throw BpfException.From($"cannot map the ring buffer '{ring.Name}'", Marshal.GetLastPInvokeError());
    }
}

/// <summary>What a record's header says.</summary>
internal enum RecordState
{
    /// <summary>Submitted.</summary>
    Ready,

    /// <summary>Reserved, not yet submitted: neither it nor what follows may be read.</summary>
    Busy,

    /// <summary>To be skipped.</summary>
    Discarded,
}

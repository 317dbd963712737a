using System.Buffers.Binary;
using Beyla.Ebpf;
using Beyla.Validation;

namespace Beyla.Host.Attachment;

/// <summary>
/// The entries of a tracer's map <c>attachments</c> (<c>struct attachment</c> in bpf/include/beyla/attachment.h): one for each attached process,
/// found by the index in the probes' cookies.
/// </summary>
internal sealed class AttachmentSlots
{
    /// <summary><c>SLOT_ABSENT</c></summary>
    private const ulong Absent = ulong.MaxValue;

    /// <summary>Bytes before <c>slots</c>: process, pid, goid, parent_goid, allgs, flags, confirmed, refuted and what fills the gaps.</summary>
    private const int SlotsAt = 48, ConfirmedAt = 36, RefutedAt = 40;

    private readonly BpfMap _map;
    private readonly BpfMap? _indexes;
    private readonly Dictionary<string, int> _slotIndex = [];
    private readonly Lock _gate = new();
    private readonly Stack<ushort> _free = new();

    /// <param name="map">The map.</param>
    /// <param name="constants">The object's <c>enum slot</c>.</param>
    /// <param name="indexes">Its map <c>attachment_indexes</c>, by which kernel hooks find a process' entry; null: it has none.</param>
    public AttachmentSlots(BpfMap map, IReadOnlyDictionary<string, long> constants, BpfMap? indexes = null)
    {
        (_map, _indexes) = (map, indexes);
        foreach ((string constant, long index) in constants)
            if (BpfName.Slot(constant) is { } slot) _slotIndex[slot] = (int)index;
        for (int i = (int)map.MaxEntries - 1; i >= 0; i--) _free.Push((ushort)i);
    }

    /// <summary>Fills an entry; <see langword="null"/> when all are in use.</summary>
    /// <param name="process">The host's handle.</param>
    /// <param name="pid">Process id.</param>
    /// <param name="runtime">What every Go tracer needs to know of the program.</param>
    /// <param name="flags">Of this process.</param>
    /// <param name="values">Slot name (as in the tables) to value; of several for a slot the first that is not null counts.</param>
    public ushort? Take(uint process, int pid, GoRuntimeFacts runtime, AttachmentFlags flags, IEnumerable<(string Slot, ulong? Value)> values)
    {
        ushort index;
        lock (_gate)
            if (!_free.TryPop(out index)) return null;
        byte[] entry = new byte[_map.ValueSize];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, process);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(4), pid);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), runtime.Goid);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(16), runtime.ParentGoid ?? Absent);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(24), runtime.Allgs ?? Absent);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(32), (uint)(flags | (runtime.SwissMaps ? AttachmentFlags.SwissMaps : 0)));
        entry.AsSpan(SlotsAt).Fill(0xff);
        foreach ((string slot, ulong? value) in values.Reverse())
            if (value is { } known) BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(SlotsAt + 8 * _slotIndex[slot]), known);
        Write(index, entry);
        _indexes?.Update(BitConverter.GetBytes(process), BitConverter.GetBytes((uint)index));
        return index;
    }

    /// <summary>Empties an entry. Its probes must be gone. For any thread.</summary>
    public void Return(ushort index)
    {
        // The same process may have another entry by now.
        byte[] key = Entry(index)[..sizeof(uint)], known = new byte[sizeof(uint)];
        if (_indexes?.TryLookup(key, known) == true && BitConverter.ToUInt32(known) == index) _indexes.Delete(key);
        Write(index, new byte[_map.ValueSize]);
        lock (_gate) _free.Push(index);
    }

    /// <summary>What programs have found of an entry whose slots may not hold: whether they did, and how often they did not. For any thread.</summary>
    public (bool Confirmed, uint Refuted) ProofAt(ushort index)
    {
        byte[] entry = Entry(index);
        return (BitConverter.ToUInt16(entry, ConfirmedAt) != 0, BitConverter.ToUInt32(entry, RefutedAt));
    }

    private byte[] Entry(uint index)
    {
        byte[] entry = new byte[_map.ValueSize];
        _map.TryLookup(BitConverter.GetBytes(index), entry);
        return entry;
    }

    private void Write(uint index, byte[] entry)
    {
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(key, index);
        _map.Update(key, entry);
    }
}

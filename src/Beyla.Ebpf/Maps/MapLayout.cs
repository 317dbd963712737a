namespace Beyla.Ebpf;

/// <summary>What two sides of a shared map must agree on.</summary>
/// <param name="Type">Its type.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of a value.</param>
/// <param name="MaxEntries">Most entries; of a ring buffer, its bytes.</param>
public readonly record struct MapLayout(BpfMapType Type, uint KeySize, uint ValueSize, uint MaxEntries)
{
    private const int Word = 8;

    /// <summary>
    /// Bytes of its keys and values when it is full, each rounded up to words as the kernel does; the kernel's own bookkeeping, some 40 to 70 bytes
    /// for an entry of a hash, is not in it. 0 for storage at sockets and tasks, which grows with them.
    /// </summary>
    public long Bytes => Type switch
    {
        BpfMapType.RingBuffer => MaxEntries,
        BpfMapType.SocketStorage or BpfMapType.TaskStorage => 0,
        BpfMapType.Array => Rounded(ValueSize) * MaxEntries,
        BpfMapType.PerCpuArray => Rounded(ValueSize) * MaxEntries * BpfMap.PossibleCpus,
        _ => (Rounded(KeySize) + Rounded(ValueSize) * (IsPerCpu ? BpfMap.PossibleCpus : 1)) * MaxEntries,
    };

    internal bool IsPerCpu => Type is BpfMapType.PerCpuArray or BpfMapType.PerCpuHash or BpfMapType.LruPerCpuHash;

    /// <summary>Whether programs compiled for this layout can use a map of the other.</summary>
    internal bool Accepts(MapLayout other) =>
        (Type, KeySize, ValueSize) == (other.Type, other.KeySize, other.ValueSize)
        && (MaxEntries == other.MaxEntries || Type is not (BpfMapType.RingBuffer or BpfMapType.Array or BpfMapType.PerCpuArray));

    /// <summary>As it reads in a message.</summary>
    public override string ToString() => Type == BpfMapType.RingBuffer
        ? $"{Type} of {MaxEntries} bytes"
        : $"{Type} (key {KeySize} bytes, value {ValueSize} bytes, {MaxEntries} entries)";

    private static long Rounded(uint bytes) => (bytes + Word - 1) / Word * Word;
}

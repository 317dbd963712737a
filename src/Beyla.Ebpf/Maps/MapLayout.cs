namespace Beyla.Ebpf;

/// <summary>What two sides of a shared map must agree on.</summary>
internal readonly record struct MapLayout(BpfMapType Type, uint KeySize, uint ValueSize, uint MaxEntries)
{
    public bool IsPerCpu => Type is BpfMapType.PerCpuArray or BpfMapType.PerCpuHash or BpfMapType.LruPerCpuHash;

    /// <summary>Whether programs compiled for this layout can use a map of the other.</summary>
    public bool Accepts(MapLayout other) =>
        (Type, KeySize, ValueSize) == (other.Type, other.KeySize, other.ValueSize)
        && (MaxEntries == other.MaxEntries || Type is not (BpfMapType.RingBuffer or BpfMapType.Array or BpfMapType.PerCpuArray));

    public override string ToString() => Type == BpfMapType.RingBuffer
        ? $"{Type} of {MaxEntries} bytes"
        : $"{Type} (key {KeySize} bytes, value {ValueSize} bytes, {MaxEntries} entries)";
}

namespace Beyla.Elf;

/// <summary>
/// The file as it looks at its link-time addresses, with relative relocations applied: what pointers in data are followed through. All
/// reads throw <see cref="ElfException"/> when no file bytes are mapped at the address.
/// </summary>
internal sealed class AddressSpace(IReadOnlyList<ElfSegment> segments, PagedFile file)
{
    private readonly ElfSegment[] _loads = [.. segments.Where(s => s is { IsLoad: true, FileSize: > 0 })];
    private int _last;

    public IReadOnlyList<ElfSegment> Loads => _loads;

    public PagedFile File => file;

    public bool Contains(ulong address, ulong size) => TryOffset(address, size, out _);

    public bool TryOffset(ulong address, ulong size, out long offset)
    {
        for (int i = 0; i < _loads.Length; i++)
        {
            int at = (_last + i) % _loads.Length;
            ref readonly ElfSegment load = ref _loads[at];
            if (!load.HoldsFileBytes(address, size))
                continue;
            _last = at;
            offset = (long)(load.Offset + (address - load.Address));
            return true;
        }
        offset = 0;
        return false;
    }

    public long Offset(ulong address, ulong size) =>
        TryOffset(address, size, out long offset)
            ? offset
            : throw new ElfException($"a reference leads to {size} bytes that the file does not hold", unchecked((long)address));

    public bool TryAddress(long offset, out ulong address)
    {
        foreach (ElfSegment load in _loads)
        {
            if ((ulong)offset < load.Offset || (ulong)offset - load.Offset >= load.FileSize)
                continue;
            address = load.Address + ((ulong)offset - load.Offset);
            return true;
        }
        address = 0;
        return false;
    }

    public void Read(ulong address, Span<byte> destination) => file.Read(Offset(address, (ulong)destination.Length), destination);

    public byte ReadByte(ulong address) => file.ReadByte(Offset(address, 1));

    public uint ReadUInt32(ulong address) => file.ReadUInt32(Offset(address, 4));

    public ulong ReadUInt64(ulong address) => file.ReadUInt64(Offset(address, 8));
}

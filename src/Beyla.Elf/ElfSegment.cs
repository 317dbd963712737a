namespace Beyla.Elf;

/// <summary>One program header. Sizes and offsets in bytes.</summary>
/// <param name="Type"><c>p_type</c>: 1 is PT_LOAD.</param>
/// <param name="Flags"><c>p_flags</c>: 1 execute, 2 write, 4 read.</param>
/// <param name="Offset">Offset in the file.</param>
/// <param name="Address">Link-time virtual address.</param>
/// <param name="FileSize">Bytes that come from the file, cut at the end of the file.</param>
/// <param name="MemorySize">Bytes in memory; what exceeds the file's part is zero.</param>
/// <param name="Alignment"><c>p_align</c>.</param>
public readonly record struct ElfSegment(uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    internal const uint Load = 1, Dynamic = 2, Note = 4;

    /// <summary>Whether it is mapped into memory.</summary>
    public bool IsLoad => Type == Load;

    /// <summary>Whether its bytes are code.</summary>
    public bool IsExecutable => (Flags & 1) != 0;

    /// <summary>Whether its bytes may change at run time.</summary>
    public bool IsWritable => (Flags & 2) != 0;

    internal bool HoldsFileBytes(ulong address, ulong size) =>
        address >= Address && size <= FileSize && address - Address <= FileSize - size;
}

namespace Beyla.Elf;

/// <summary>A file that is not a readable 64-bit little-endian ELF file, or whose contents contradict themselves.</summary>
/// <param name="message">What is wrong, as a sentence part: "the section table lies outside the file".</param>
/// <param name="offset">See <see cref="Offset"/>.</param>
public sealed class ElfException(string message, long offset) : Exception($"{message} (at 0x{offset:x})")
{
    /// <summary>Where it was noticed: the offset in the file, or the virtual address when nothing of the file is mapped there.</summary>
    public long Offset { get; } = offset;
}

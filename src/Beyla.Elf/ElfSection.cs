namespace Beyla.Elf;

/// <summary>One section header.</summary>
/// <param name="Name">Section name; empty when the name table is unusable.</param>
/// <param name="Type"><c>sh_type</c>.</param>
/// <param name="Address">Link-time virtual address, 0 when not loaded.</param>
/// <param name="Offset">Offset in the file.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Link"><c>sh_link</c>: for a symbol table the index of its string table.</param>
public readonly record struct ElfSection(string Name, uint Type, ulong Address, ulong Offset, ulong Size, uint Link)
{
    internal const uint SymbolTable = 2, NoBits = 8, DynamicSymbolTable = 11;

    /// <summary>Whether its bytes in the file are an <c>Elf64_Chdr</c> and a compressed stream (SHF_COMPRESSED of the gABI).</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Whether the section takes bytes in the file.</summary>
    public bool HasFileBytes => Type is not (0 or NoBits);
}

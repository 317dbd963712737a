using System.Buffers.Binary;

namespace Beyla.Elf;

/// <summary>
/// runtime.firstmoduledata: the linker's description of the Go part of the binary. Its head is the same from Go 1.16 on; where the types
/// are depends on the version and is found by trying every layout that the pclntab format allows.
/// </summary>
/// <param name="Text">runtime.text: what function entries and method offsets count from. Not always the start of .text (cgo).</param>
/// <param name="EndOfText">runtime.etext.</param>
/// <param name="Types">Where type data is; <see langword="null"/> when no known layout fits.</param>
internal sealed record ModuleData(ulong Text, ulong EndOfText, TypeSection? Types)
{
    private const int Words = 52;
    private const int TextAt = 22;

    /// <summary>Reads module data at a file offset; <see langword="null"/> when it does not describe this pclntab.</summary>
    public static ModuleData? TryRead(AddressSpace memory, PclnTable table, long offset)
    {
        if (!memory.TryAddress(offset, out ulong address) || !memory.Contains(address, Words * 8))
            return null;
        Span<byte> bytes = stackalloc byte[Words * 8];
        memory.Read(address, bytes);
        Span<ulong> words = stackalloc ulong[Words];
        for (int i = 0; i < Words; i++)
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);

        bool fits = words[0] == table.Address && words[1] == table.NamesAddress && words[2] == words[3]
            && words[TextAt] < words[TextAt + 1] && memory.Contains(words[TextAt], 1);
        return fits ? new ModuleData(words[TextAt], words[TextAt + 1], TypeSection.Find(memory, table.Format, words)) : null;
    }
}

using static System.Buffers.Binary.BinaryPrimitives;

namespace Beyla.Host.Plugins.Permissions;

/// <summary>
/// The helpers that a compiled BPF object calls, read from its instructions (include/uapi/linux/bpf.h) and relocations. For images that libbpf has
/// opened: their section headers make sense.
/// </summary>
internal static class HelperCalls
{
    private const byte Call = 0x85; // BPF_JMP | BPF_CALL
    private const int InstructionBytes = 8, ToHelper = 0, ToKernelFunction = 2; // BPF_PSEUDO_KFUNC_CALL
    private const int SectionHeaderBytes = 64, RelocationBytes = 16, SymbolBytes = 24;
    private const uint Relocations = 9, NoBits = 8, CallRelocation = 10; // SHT_REL, SHT_NOBITS, R_BPF_64_32
    private const int Executable = 4;                                    // SHF_EXECINSTR

    /// <summary>
    /// Numbers of the helpers, once for each call, in all executable sections: also of functions that no program reaches. An address that is computed
    /// cannot be called: the verifier refuses BPF_CALL | BPF_X.
    /// </summary>
    public static IEnumerable<int> In(byte[] elf)
    {
        int count = ReadUInt16LittleEndian(elf.AsSpan(0x3C));
        for (int i = 0; i < count; i++)
        {
            Section section = Section.Read(elf, i);
            if (section.Type == Relocations)
                foreach (int call in KernelFunctions(elf, section)) yield return call;
            else if ((section.Flags & Executable) != 0 && section.Type != NoBits)
                foreach (int call in Instructions(elf, section)) yield return call;
        }
    }

    private static IEnumerable<int> Instructions(byte[] elf, Section section)
    {
        for (int at = section.Start; at + InstructionBytes <= section.End; at += InstructionBytes)
        {
            if (elf[at] != Call) continue;
            int kind = elf[at + 1] >> 4;
            if (kind == ToHelper) yield return ReadInt32LittleEndian(elf.AsSpan(at + 4));
            else if (kind == ToKernelFunction) yield return BpfHelpers.KernelFunction;
        }
    }

    /// <summary>The compiler writes calls of kernel functions as calls of a function that is defined nowhere; the loader makes them what they are.</summary>
    private static IEnumerable<int> KernelFunctions(byte[] elf, Section section)
    {
        Section symbols = Section.Read(elf, section.Link);
        for (int at = section.Start; at + RelocationBytes <= section.End; at += RelocationBytes)
        {
            ulong info = ReadUInt64LittleEndian(elf.AsSpan(at + 8));
            int symbol = checked(symbols.Start + (int)(info >> 32) * SymbolBytes);
            if ((uint)info == CallRelocation && ReadUInt16LittleEndian(elf.AsSpan(symbol + 6)) == 0) yield return BpfHelpers.KernelFunction;
        }
    }

    /// <summary>What is needed of an Elf64_Shdr.</summary>
    private readonly record struct Section(uint Type, ulong Flags, int Start, int End, int Link)
    {
        public static Section Read(byte[] elf, int index)
        {
            ReadOnlySpan<byte> header = elf.AsSpan(checked((int)ReadInt64LittleEndian(elf.AsSpan(0x28)) + index * SectionHeaderBytes));
            int start = checked((int)ReadInt64LittleEndian(header[0x18..]));
            return new(
                ReadUInt32LittleEndian(header[4..]), ReadUInt64LittleEndian(header[8..]), start,
                checked(start + (int)ReadInt64LittleEndian(header[0x20..])), ReadInt32LittleEndian(header[0x28..]));
        }
    }
}

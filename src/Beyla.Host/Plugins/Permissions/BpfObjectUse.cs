using System.Buffers.Binary;
using Beyla.Ebpf;

namespace Beyla.Host.Plugins.Permissions;

/// <summary>What a compiled BPF object does, read from the object itself: it is what is loaded, whatever its manifest says. Needs no privilege.</summary>
/// <param name="Programs">Each program with its kind, see <see cref="AttachKinds"/>.</param>
/// <param name="Helpers">Names of the helpers that any of its code calls.</param>
/// <param name="MapMemory">Bytes of its own maps in the kernel, by <see cref="MapLayout.Bytes"/>.</param>
internal sealed record BpfObjectUse(IReadOnlyList<(string Program, string Kind)> Programs, IReadOnlyList<string> Helpers, long MapMemory)
{
    private const byte Call = 0x85; // BPF_JMP | BPF_CALL, include/uapi/linux/bpf.h
    private const int InstructionBytes = 8, HelperCall = 0, KernelFunctionCall = 2; // BPF_PSEUDO_KFUNC_CALL

    /// <summary>Reads an object.</summary>
    /// <exception cref="BpfException">It is not a BPF object with BTF.</exception>
    public static BpfObjectUse Read(string name, byte[] image)
    {
        using BpfObjectSpec spec = BpfObjectSpec.Open(name, image);
        return new(
            [.. spec.Programs.Select(p => (p, AttachKinds.Of(spec.Section(p))))],
            [.. HelperCalls(image).Distinct().Order().Select(BpfHelpers.NameOf)],
            spec.Maps.Where(IsOwn).Sum(m => spec.Layout(m).Bytes));
    }

    /// <summary>Maps that the host makes once for all tracers are not the plugin's.</summary>
    public static bool IsOwn(string map) => map != "events" && !map.StartsWith("shared_", StringComparison.Ordinal);

    /// <summary>
    /// Every call in the executable sections of the ELF file (SHF_EXECINSTR), also in functions that no program reaches. An address that is computed
    /// cannot be called: the verifier refuses BPF_CALL | BPF_X.
    /// </summary>
    private static IEnumerable<int> HelperCalls(byte[] elf)
    {
        const int executable = 4, noBits = 8, headerBytes = 64;
        long table = BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan(0x28));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x3C));
        for (int i = 0; i < count; i++)
        {
            int header = checked((int)table + i * headerBytes);
            if ((elf[header + 8] & executable) == 0 || elf[header + 4] == noBits) continue;
            int start = checked((int)BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan(header + 0x18)));
            int end = checked(start + (int)BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan(header + 0x20)));
            for (int at = start; at + InstructionBytes <= end; at += InstructionBytes)
            {
                if (elf[at] != Call) continue;
                int kind = elf[at + 1] >> 4;
                if (kind == HelperCall) yield return BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(at + 4));
                else if (kind == KernelFunctionCall) yield return BpfHelpers.KernelFunction;
            }
        }
    }
}

using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// Which instructions the kernel emulates under a uprobe on x86-64: <c>branch_setup_xol_ops</c> and <c>push_setup_xol_ops</c> in
/// arch/x86/kernel/uprobes.c, the same from 5.15 on. Only encodings without a prefix count (REX.B of <c>push r8..r15</c> excepted), and of the
/// <c>nop</c>s only the single byte 0x90: newer kernels do more, older ones single-step or refuse them.
/// </summary>
internal static class EmulatedInstructions
{
    public static bool Contains(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x90] => true,
        [>= 0x50 and <= 0x57] => true,
        [0x41, >= 0x50 and <= 0x57] => true,
        [0xe8 or 0xe9, _, _, _, _] => true,
        [0xeb, _] => true,
        [>= 0x70 and <= 0x7f, _] => true,
        [0x0f, >= 0x80 and <= 0x8f, _, _, _, _] => true,
        _ => false,
    };

    /// <summary>What the emulated instruction is called in a reason.</summary>
    public static string Describe(in Instruction instruction) => instruction.FlowControl switch
    {
        FlowControl.ConditionalBranch => "conditional jump",
        FlowControl.UnconditionalBranch => "jump",
        FlowControl.Call => "call",
        _ => instruction.Mnemonic == Mnemonic.Push ? "push" : "nop",
    };
}

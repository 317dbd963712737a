using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// Which parts of a function's frame may be written through a pointer. Offsets count from the stack pointer at entry (negative: the frame).
/// A pointer into the frame begins as <c>lea reg,[rsp+n]</c> and reaches upward from there; where an object ends is not known, so everything above
/// the lowest address taken counts as reachable. Spilled values and named results whose address nobody took lie below in Go's frames.
/// </summary>
internal sealed class StackAddresses
{
    private readonly int? lowest;   // null: the frame cannot be followed, or an address is computed in a way not understood

    private StackAddresses(int? lowest) => this.lowest = lowest;

    /// <summary>True when a store through some pointer, or a callee, might change the eight bytes there.</summary>
    public bool MayBeReached(int slot) => lowest is not int from || slot + 8 > from;

    public static StackAddresses Of(FunctionBody body)
    {
        if (FrameDepths.Of(body) is not int?[] depths)
            return new StackAddresses(lowest: null);
        int lowest = int.MaxValue;
        for (int i = 0; i < body.Count; i++)
        {
            switch (Taken(body, i))
            {
                case Address.None:
                    break;
                case Address.Plain when depths[i] is int depth:
                    lowest = Math.Min(lowest, (int)(long)body[i].MemoryDisplacement64 - depth);
                    break;
                default:
                    return new StackAddresses(lowest: null);
            }
        }
        return new StackAddresses(lowest);
    }

    private enum Address { None, Plain, Computed }

    /// <summary>Does the instruction make an address out of the stack pointer?</summary>
    private static Address Taken(FunctionBody body, int index)
    {
        ref readonly Instruction instruction = ref body[index];
        if (instruction.Mnemonic == Mnemonic.Lea && instruction.MemoryBase == Register.RSP)
        {
            // Below the stack pointer lies no object (the stack check of large frames, the frame pointer around duffzero); Go addresses nothing by rbp.
            bool framePointer = instruction.Op0Register == Register.RBP;
            if (instruction.MemoryIndex == Register.None && ((long)instruction.MemoryDisplacement64 < 0 || framePointer))
                return Address.None;
            return instruction.MemoryIndex == Register.None ? Address.Plain : Address.Computed;
        }
        for (int operand = 0; operand < instruction.OpCount; operand++)
        {
            bool isSource = operand > 0 || instruction.Mnemonic == Mnemonic.Push;
            if (isSource && instruction.GetOpKind(operand) == OpKind.Register && instruction.GetOpRegister(operand) == Register.RSP
                && instruction.Mnemonic is not (Mnemonic.Cmp or Mnemonic.Test) && instruction.Op0Register != Register.RBP)
                return Address.Computed;
        }
        return Address.None;
    }
}

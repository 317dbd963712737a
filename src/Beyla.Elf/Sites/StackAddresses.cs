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
        if (FrameDepths(body) is not int?[] depths)
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

    /// <summary>Bytes that the stack pointer is below its value at entry, before each instruction; null where no path leads. Null when two paths disagree.</summary>
    private static int?[]? FrameDepths(FunctionBody body)
    {
        int?[] depths = new int?[body.Count];
        bool[] growth = StackGrowthInstructions(body);
        Stack<(int Index, int Depth)> pending = new();
        pending.Push((0, 0));
        while (pending.TryPop(out (int Index, int Depth) at))
        {
            if (at.Index >= body.Count || growth[at.Index])
                continue;   // the stack growth takes no address, and a panic's call seems to fall into it
            if (depths[at.Index] is int known)
            {
                if (known != at.Depth)
                    return null;
                continue;
            }
            depths[at.Index] = at.Depth;
            if (body.IsDirectJump(at.Index) && body.TargetOf(at.Index) is int target)
                pending.Push((target, at.Depth));
            if (!body.FallsThrough(at.Index))
                continue;
            if (StackMotion.Of(body, at.Index) is not int motion)
                return null;
            pending.Push((at.Index + 1, at.Depth - motion));
        }
        return depths;
    }

    private static bool[] StackGrowthInstructions(FunctionBody body)
    {
        bool[] growth = new bool[body.Count];
        foreach ((_, int to) in body.Jumps)
            if (StackGrowth.EndOfBlockAt(body, to) is int end)
                Array.Fill(growth, true, to, end - to + 1);
        return growth;
    }
}

using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// A result word followed backward from a RET: where does the value lie that will be returned? Stack slots count from the stack pointer at entry, which is
/// the stack pointer at the RET.
/// </summary>
/// <param name="Kind">Register, stack slot or zero.</param>
/// <param name="Register">The 64-bit register.</param>
/// <param name="Slot">Offset of the stack slot from the stack pointer at entry.</param>
/// <param name="Depth">Bytes that the stack pointer is below its value at entry, here.</param>
internal readonly record struct TrackedWord(ResultKind Kind, Register Register, int Slot, int Depth)
{
    public static TrackedWord AtReturn(Register register) => new(ResultKind.Register, register, 0, 0);

    /// <summary>As a probe at this place would read it.</summary>
    public ResultLocation Location => Kind switch
    {
        ResultKind.Register => ResultLocation.InRegister(Register.GetNumber()),
        ResultKind.Stack => ResultLocation.OnStack(Slot + Depth),
        _ => ResultLocation.IsZero,
    };

    /// <summary>Where the word was before the instruction; null when that cannot be told. Calls and jumps are the caller's business.</summary>
    public TrackedWord? Before(FunctionBody body, int index, StackAddresses addresses)
    {
        if (StackMotion.Of(body, index) is not int motion)
            return null;
        TrackedWord moved = this with { Depth = Depth + motion };
        return Kind switch
        {
            ResultKind.Register => moved.RegisterBefore(body, index),
            ResultKind.Stack => moved.SlotBefore(body, index, addresses),
            _ => moved,
        };
    }

    private TrackedWord? RegisterBefore(FunctionBody body, int index)
    {
        ref readonly Instruction instruction = ref body[index];
        if (instruction.Op0Kind == OpKind.Register && instruction.Op0Register.GetFullRegister() == Register)
        {
            switch (instruction.Code)
            {
                case Code.Mov_r64_rm64 or Code.Mov_rm64_r64 when instruction.Op1Kind == OpKind.Register:
                    return instruction.Op1Register == Register.RSP ? null : this with { Register = instruction.Op1Register };
                case Code.Mov_r64_rm64 when IsPlainStack(instruction):
                    return this with { Kind = ResultKind.Stack, Slot = SlotOf(instruction) };
                case Code.Pop_r64:
                    return this with { Kind = ResultKind.Stack, Slot = -Depth };
                case Code.Xor_r32_rm32 or Code.Xor_rm32_r32 or Code.Xor_r64_rm64 or Code.Xor_rm64_r64
                    when instruction.Op1Kind == OpKind.Register && instruction.Op0Register == instruction.Op1Register:
                case Code.Mov_r32_imm32 or Code.Mov_r64_imm64 or Code.Mov_rm64_imm32 or Code.Mov_rm32_imm32 when instruction.GetImmediate(1) == 0:
                    return this with { Kind = ResultKind.Zero };
            }
        }
        foreach (UsedRegister used in body.EffectsOf(index).GetUsedRegisters())
            if (IsWrite(used.Access) && used.Register.GetFullRegister() == Register)
                return null;
        return this;
    }

    private TrackedWord? SlotBefore(FunctionBody body, int index, StackAddresses addresses)
    {
        ref readonly Instruction instruction = ref body[index];
        if (instruction.Op0Kind == OpKind.Memory && IsPlainStack(instruction) && SlotOf(instruction) == Slot)
        {
            switch (instruction.Code)
            {
                case Code.Mov_rm64_r64:
                    return this with { Kind = ResultKind.Register, Register = instruction.Op1Register };
                case Code.Mov_rm64_imm32 when instruction.GetImmediate(1) == 0:
                    return this with { Kind = ResultKind.Zero };
            }
        }
        foreach (UsedMemory used in body.EffectsOf(index).GetUsedMemory())
        {
            if (!IsWrite(used.Access))
                continue;
            if (used.Base != Register.RSP || used.Index != Register.None)
            {
                if (used.Index != Register.None && used.Base == Register.RSP || addresses.MayBeReached(Slot))
                    return null;
                continue;
            }
            // The displacement counts from the stack pointer before the instruction (Iced gives a push its -8).
            int from = (int)(long)used.Displacement - Depth;
            int size = used.MemorySize.GetSize();
            if (size == 0 || from < Slot + 8 && Slot < from + size)
                return IsZeroRegisterStore(instruction) && from <= Slot && Slot + 8 <= from + size ? this with { Kind = ResultKind.Zero } : null;
        }
        return Slot < -Depth ? null : this;   // below the stack pointer anything may happen
    }

    /// <summary>Go keeps xmm15 zero in compiled code (ABIInternal, abi-internal.md).</summary>
    private static bool IsZeroRegisterStore(in Instruction instruction) =>
        instruction.Code is Code.Movups_xmmm128_xmm or Code.VEX_Vmovups_xmmm128_xmm && instruction.Op1Register == Register.XMM15;

    private static bool IsPlainStack(in Instruction instruction) =>
        instruction.MemoryBase == Register.RSP && instruction.MemoryIndex == Register.None;

    private int SlotOf(in Instruction instruction) => (int)(long)instruction.MemoryDisplacement64 - Depth;

    private static bool IsWrite(OpAccess access) => access is not (OpAccess.None or OpAccess.Read or OpAccess.CondRead or OpAccess.NoMemAccess);
}

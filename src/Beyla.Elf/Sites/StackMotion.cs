using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>How far an instruction moves the stack pointer.</summary>
internal static class StackMotion
{
    /// <summary>Bytes added to the stack pointer (a call comes back where it was: 0); null when it is set in a way that is not understood.</summary>
    public static int? Of(FunctionBody body, int index)
    {
        ref readonly Instruction instruction = ref body[index];
        if (instruction.FlowControl is FlowControl.Call or FlowControl.IndirectCall)
            return 0;
        if (instruction.Op0Kind == OpKind.Register && instruction.Op0Register == Register.RSP)
        {
            switch (instruction.Mnemonic)
            {
                case Mnemonic.Add when IsImmediate(instruction):
                    return (int)(long)instruction.GetImmediate(1);
                case Mnemonic.Sub when IsImmediate(instruction):
                    return -(int)(long)instruction.GetImmediate(1);
                case Mnemonic.Cmp or Mnemonic.Test:
                    return 0;
                default:
                    return null;
            }
        }
        if (instruction.Mnemonic is Mnemonic.Push or Mnemonic.Pop or Mnemonic.Pushfq or Mnemonic.Popfq)
            return instruction.StackPointerIncrement;
        foreach (UsedRegister used in body.EffectsOf(index).GetUsedRegisters())
            if (used.Register.GetFullRegister() == Register.RSP && used.Access is not (OpAccess.Read or OpAccess.CondRead or OpAccess.NoMemAccess))
                return null;
        return 0;
    }

    private static bool IsImmediate(in Instruction instruction) =>
        instruction.Op1Kind is OpKind.Immediate8to64 or OpKind.Immediate32to64;
}

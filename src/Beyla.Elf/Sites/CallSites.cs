using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// Where the floating-point result of a call can be read. No probe sees an XMM register (pt_regs has none), but callers soon move the result on: into a general
/// register or onto the stack. The walk begins behind a call and follows xmm0 in a straight line; the site is the instruction behind such a move.
/// </summary>
public static class CallSites
{
    private const int Window = 16;

    /// <summary>The site behind a call of <paramref name="caller"/>; null: before anything else happens to the result it is not moved to where a probe could read it.</summary>
    /// <param name="caller">The calling function, of x86-64.</param>
    /// <param name="call">Address of the call instruction in it.</param>
    /// <param name="returnAddress">Where the call returns to; 0: there is no call at this address.</param>
    public static ProbeSite? AfterCall(FunctionCode caller, ulong call, out ulong returnAddress)
    {
        returnAddress = 0;
        FunctionBody body;
        try
        {
            body = FunctionBody.Decode(caller);
        }
        catch (SiteException)
        {
            return null;
        }
        int at = IndexOf(body, call);
        if (at < 0 || body[at].FlowControl != FlowControl.Call || at + 1 >= body.Count) return null;
        returnAddress = body[at].NextIP;

        HashSet<Register> holders = [Register.XMM0];
        for (int i = at + 1; i < Math.Min(at + Window, body.Count - 1); i++)
        {
            // Somebody else comes here, too, or the way divides: not every pass is one of this call.
            if (i > at + 1 && body.JumpsTo(i).Count > 0) return null;
            Instruction instruction = body[i];
            if (Destination(instruction, holders) is { } place)
                return body.JumpsTo(i + 1).Count > 0 ? null : body.SiteAt(i + 1, $"the caller has moved the result out of xmm0 by {body.TextOf(i)}", place);
            if (instruction.FlowControl != FlowControl.Next) return null;
            if (IsCopy(instruction) && instruction.Op1Kind == OpKind.Register && holders.Contains(instruction.Op1Register) && instruction.Op0Register.IsXMM())
                holders.Add(instruction.Op0Register);
            else
                foreach (UsedRegister used in body.EffectsOf(i).GetUsedRegisters())
                    if (used.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite) holders.RemoveWhere(h => h == used.Register || h + 32 == used.Register);
            if (holders.Count == 0) return null;
        }
        return null;
    }

    private static ResultLocation? Destination(in Instruction instruction, HashSet<Register> holders)
    {
        if (!IsCopy(instruction) || instruction.Op1Kind != OpKind.Register || !holders.Contains(instruction.Op1Register)) return null;
        if (instruction.Op0Kind == OpKind.Register && (instruction.Op0Register.IsGPR64() || instruction.Op0Register.IsGPR32()))
            return ResultLocation.InRegister(instruction.Op0Register.GetNumber());
        return instruction is { Op0Kind: OpKind.Memory, MemoryBase: Register.RSP, MemoryIndex: Register.None, IsIPRelativeMemoryOperand: false }
            ? ResultLocation.OnStack((int)instruction.MemoryDisplacement64)
            : null;
    }

    /// <summary>Moves whose destination is what the lowest element of the source was.</summary>
    private static bool IsCopy(in Instruction instruction) => instruction.Mnemonic
        is Mnemonic.Movsd or Mnemonic.Movss or Mnemonic.Movups or Mnemonic.Movupd or Mnemonic.Movaps or Mnemonic.Movapd or Mnemonic.Movq or Mnemonic.Movd;

    private static int IndexOf(FunctionBody body, ulong address)
    {
        for (int i = 0; i < body.Count; i++)
            if (body[i].IP == address) return i;
        return -1;
    }
}

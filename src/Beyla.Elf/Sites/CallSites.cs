using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// Where the floating-point result of a call can be read. No probe sees an XMM register (pt_regs has none), but callers soon move the result on: into a general
/// register or onto the stack. From behind a call all ways are walked; on each, the site is the instruction behind the first such move. Others may pass a site, too:
/// whoever probes it must know that the call has just returned.
/// </summary>
public static class CallSites
{
    /// <summary>Most instructions that are looked at behind a call, on all ways together.</summary>
    private const int Window = 64;

    /// <summary>The sites behind a call; none: on some way the result is used, or given to another function, before a probe could read it.</summary>
    /// <param name="caller">The calling function, of x86-64.</param>
    /// <param name="call">Address of the call instruction in it.</param>
    /// <param name="returnAddress">Where the call returns to; 0: there is no call at this address.</param>
    public static IReadOnlyList<ProbeSite> AfterCall(FunctionCode caller, ulong call, out ulong returnAddress)
    {
        returnAddress = 0;
        FunctionBody body;
        int at;
        try
        {
            body = FunctionBody.Decode(caller);
            at = IndexOf(body, call);
        }
        catch (SiteException)
        {
            return [];
        }
        if (at < 0 || body[at].FlowControl != FlowControl.Call || at + 1 >= body.Count) return [];
        returnAddress = body[at].NextIP;
        Dictionary<int, ProbeSite> sites = [];
        HashSet<int> seen = [];
        int left = Window;
        return Walk(body, at + 1, [Register.XMM0], sites, seen, ref left) ? [.. sites.Values] : [];
    }

    /// <summary>Follows one way; false: the result is lost on it.</summary>
    private static bool Walk(FunctionBody body, int at, HashSet<Register> holders, Dictionary<int, ProbeSite> sites, HashSet<int> seen, ref int left)
    {
        for (int i = at; ; i++)
        {
            // Ways that meet again go on as one; that they agree on where the result is holds as long as it has not left xmm0.
            if (!seen.Add(i)) return holders.SetEquals([Register.XMM0]);
            if (--left < 0 || i + 1 >= body.Count) return false;
            Instruction instruction = body[i];
            if (Destination(instruction, holders) is { } place)
            {
                // Two moves to different places must not end at one site.
                if (sites.TryGetValue(i + 1, out ProbeSite? other) && other.Result != place) return false;
                sites[i + 1] = body.SiteAt(i + 1, $"the caller has moved the result out of xmm0 by {body.TextOf(i)}", place);
                return true;
            }
            switch (instruction.FlowControl)
            {
                case FlowControl.Next:
                    if (!Follow(body, i, holders)) return false;
                    break;
                case FlowControl.ConditionalBranch when body.TargetOf(i) is { } target:
                    if (!Walk(body, target, [.. holders], sites, seen, ref left)) return false;
                    break;
                case FlowControl.UnconditionalBranch when body.TargetOf(i) is { } target:
                    i = target - 1;
                    break;
                default:
                    return false;
            }
        }
    }

    /// <summary>Which registers hold the result after an instruction; false: none.</summary>
    private static bool Follow(FunctionBody body, int i, HashSet<Register> holders)
    {
        Instruction instruction = body[i];
        bool copies = IsCopy(instruction) && instruction.Op1Kind == OpKind.Register && holders.Contains(instruction.Op1Register) && instruction.Op0Register.IsXMM();
        foreach (UsedRegister used in body.EffectsOf(i).GetUsedRegisters())
            if (used.Access is OpAccess.Write or OpAccess.ReadWrite or OpAccess.CondWrite or OpAccess.ReadCondWrite) holders.RemoveWhere(h => IsSame(h, used.Register));
        if (copies) holders.Add(instruction.Op0Register);
        return holders.Count > 0;
    }

    private static bool IsSame(Register xmm, Register any) => any.IsVectorRegister() && any.GetNumber() == xmm.GetNumber();

    private static ResultLocation? Destination(in Instruction instruction, HashSet<Register> holders)
    {
        if (!IsCopy(instruction) || instruction.Op1Kind != OpKind.Register || !holders.Contains(instruction.Op1Register)) return null;
        if (instruction.Op0Kind == OpKind.Register && (instruction.Op0Register.IsGPR64() || instruction.Op0Register.IsGPR32()))
            return ResultLocation.InRegister(instruction.Op0Register.GetNumber());
        return instruction is { Op0Kind: OpKind.Memory, MemoryBase: Register.RSP, MemoryIndex: Register.None }
            ? ResultLocation.OnStack((int)instruction.MemoryDisplacement64)
            : null;
    }

    /// <summary>Moves whose destination's lowest element is that of the source.</summary>
    private static bool IsCopy(in Instruction instruction) => instruction.Mnemonic
        is Mnemonic.Movsd or Mnemonic.Movss or Mnemonic.Movups or Mnemonic.Movupd or Mnemonic.Movaps or Mnemonic.Movapd or Mnemonic.Movq or Mnemonic.Movd;

    private static int IndexOf(FunctionBody body, ulong address)
    {
        for (int i = 0; i < body.Count; i++)
            if (body[i].IP == address) return i;
        return -1;
    }
}

using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// Where the probe for the beginning of a C function goes (System V ABI, x86-64): the first instruction that the kernel emulates on the straight line
/// from the first byte, as long as the argument registers still hold the arguments; else the first byte.
/// </summary>
public static class CFunctionSite
{
    /// <summary>How many instructions of the prologue are looked at.</summary>
    private const int Window = 12;

    private static readonly Register[] Arguments = [Register.RDI, Register.RSI, Register.RDX, Register.RCX, Register.R8, Register.R9];

    /// <summary>Always gives a site: at worst the first byte.</summary>
    /// <param name="code">The function.</param>
    /// <param name="forReturn">
    /// The site also carries a return probe: the kernel takes the return address from the top of the stack there, so the stack pointer must be as at
    /// the first byte.
    /// </param>
    /// <exception cref="SiteException">The function has no bytes.</exception>
    public static ProbeSite Choose(FunctionCode code, bool forReturn = false)
    {
        if (code.IsAarch64)
            return FirstBytes.Site(code, "the first instruction");
        FunctionBody body;
        try
        {
            body = FunctionBody.Decode(code);
        }
        catch (SiteException e)
        {
            return FirstBytes.Site(code, $"the first byte: the function cannot be decoded ({e.Message})");
        }
        for (int i = 0; i < Math.Min(Window, body.Count) && !IsJumpedTo(body, i); i++)
        {
            if (body.IsEmulated(i))
                return body.SiteAt(i, $"{(i == 0 ? "the first byte" : "arguments still in their registers")}; the kernel emulates this {EmulatedInstructions.Describe(body[i])}");
            if (body[i].FlowControl != FlowControl.Next || Changes(body, i, forReturn)) break;
        }
        return FirstBytes.Site(code, "the first byte");
    }

    /// <summary>Whether the instruction may be reached other than from the first byte: then it would fire more than once a call, or not in every call.</summary>
    private static bool IsJumpedTo(FunctionBody body, int index)
    {
        if (body.JumpsTo(index).Count > 0) return true;
        for (int i = 0; i < body.Count; i++)
            // A jump table leads to the beginnings of blocks; what stands before the first branch is in none but the first.
            if (body.IsTableJump(i) && body[index].FlowControl != FlowControl.Next && body[index].Mnemonic != Mnemonic.Push) return true;
        return false;
    }

    private static bool Changes(FunctionBody body, int index, bool stackPointer)
    {
        foreach (UsedRegister used in body.EffectsOf(index).GetUsedRegisters())
        {
            Register register = used.Register.GetFullRegister();
            if (used.Access is OpAccess.None or OpAccess.Read or OpAccess.CondRead or OpAccess.NoMemAccess) continue;
            if (Arguments.Contains(register) || (stackPointer && register == Register.RSP)) return true;
        }
        return false;
    }
}

using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// Where the probe for the beginning of a Go function goes (ABIInternal, Go 1.17 and newer): the first instruction that the kernel emulates, as long as
/// every argument register, the goroutine pointer (r14) and the stack pointer still hold what they held at the first byte.
/// </summary>
public static class EntrySite
{
    /// <summary>How many instructions of the prologue are looked at.</summary>
    private const int Window = 12;

    private static readonly Register[] Kept =
    [
        Register.RAX, Register.RBX, Register.RCX, Register.RDI, Register.RSI, Register.R8, Register.R9, Register.R10, Register.R11,
        Register.R14, Register.RSP,
    ];

    /// <summary>Always gives a site: at worst the first byte.</summary>
    /// <exception cref="SiteException">The function has no bytes.</exception>
    public static ProbeSite Choose(FunctionCode code)
    {
        if (code.IsAarch64)
            return FirstBytes.Site(code, "the first instruction: on arm64 no cheaper place is looked for");
        FunctionBody body;
        try
        {
            body = FunctionBody.Decode(code);
        }
        catch (SiteException e)
        {
            return FirstBytes.Site(code, $"the first byte: the function cannot be decoded ({e.Message})");
        }
        if (body.Count == 0)
            throw new SiteException(code.Name, 0, "the function has no bytes");
        return Choose(body);
    }

    private static ProbeSite Choose(FunctionBody body)
    {
        int? check = null;
        string end = $"the first {Window} instructions hold none that the kernel emulates";
        for (int i = 0; i < Math.Min(Window, body.Count); i++)
        {
            if (LoopBackTo(body, i) is int jump)
            {
                end = $"the jump at +0x{body.OffsetOf(jump):x} comes back here: no place before the first branch fires just once per call";
                break;
            }
            bool isCheck = StackGrowth.IsCheck(body, i);
            if (isCheck)
                check ??= i;
            else if (body.IsEmulated(i) && MayBeReachedTwice(body, i) is string doubt)
            {
                end = doubt;
                break;
            }
            else if (body.IsEmulated(i))
                return body.SiteAt(i, Reason(body, i, check is not null));
            if (!isCheck && WhyWalkEnds(body, i) is string why)
            {
                end = why;
                break;
            }
        }
        return check is int site
            ? body.SiteAt(site, "the stack check, arguments still in their registers; the kernel emulates this conditional jump; fires again when the stack grows")
            : body.SiteAt(0, $"the first byte: {end}");
    }

    private static string Reason(FunctionBody body, int site, bool afterCheck)
    {
        string place = afterCheck ? "after the stack check" : site == 0 ? "the first instruction" : "before any argument register changes";
        return $"{place}: fires once per call, arguments still in their registers; the kernel emulates this {EmulatedInstructions.Describe(body[site])}";
    }

    /// <summary>A jump, other than that of the stack growth, that leads to the entry or between it and the site: the site would fire more than once per call.</summary>
    private static int? LoopBackTo(FunctionBody body, int site)
    {
        foreach ((int from, int to) in body.Jumps)
            if (to <= site && !(to == 0 && StackGrowth.IsJumpBack(body, from)))
                return from;
        return null;
    }

    /// <summary>A jump table may lead anywhere a block begins; only the push of the frame pointer is part of no block but the first.</summary>
    private static string? MayBeReachedTwice(FunctionBody body, int site)
    {
        if (body[site].Mnemonic == Mnemonic.Push)
            return null;
        for (int i = site; i < body.Count; i++)
            if (body[i].FlowControl == FlowControl.IndirectBranch)
                return $"the jump at +0x{body.OffsetOf(i):x} may lead anywhere in the function, later places may fire again";
        return null;
    }

    private static string? WhyWalkEnds(FunctionBody body, int index)
    {
        if (body[index].FlowControl != FlowControl.Next)
            return $"the straight line ends at +0x{body.OffsetOf(index):x}";
        InstructionInfo effects = body.EffectsOf(index);
        foreach (UsedRegister used in effects.GetUsedRegisters())
            if (Writes(used.Access) && Kept.Contains(used.Register.GetFullRegister()))
                return $"{body.TextOf(index)} at +0x{body.OffsetOf(index):x} changes {used.Register.GetFullRegister().ToString().ToLowerInvariant()} before any instruction that the kernel emulates";
        foreach (UsedMemory used in effects.GetUsedMemory())
            if (Writes(used.Access))
                return $"{body.TextOf(index)} at +0x{body.OffsetOf(index):x} writes to memory before any instruction that the kernel emulates";
        return null;
    }

    private static bool Writes(OpAccess access) => access is not (OpAccess.None or OpAccess.Read or OpAccess.CondRead or OpAccess.NoMemAccess);
}

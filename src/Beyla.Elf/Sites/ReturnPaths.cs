using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// The ways that lead to a RET, walked backward. A place on such a way is a site when from there on only this RET can be reached, in a straight
/// line; when the kernel emulates the instruction; and when the value to be returned can be pointed at. The sites of one RET cover all ways to it,
/// each once. Conditional jumps end the search, for they are passed on other ways too, unless both of their ways lead here: <see cref="ReturnRegion"/>.
/// </summary>
/// <param name="body">The function.</param>
/// <param name="callsMayNotReturn">
/// C: a call that is the function's last instruction never returns (<c>__stack_chk_fail</c>), so a conditional jump to it leads nowhere but to the RET. In
/// Go a panic may be recovered.
/// </param>
internal sealed class ReturnPaths(FunctionBody body, bool callsMayNotReturn = false)
{
    /// <summary>The bytes of code before a RET that are worth a look.</summary>
    private const int LongestWalk = 256;

    private readonly StackAddresses addresses = StackAddresses.Of(body);
    private readonly bool hasUnknownJumps = HasUnknownJumps(body);

    /// <summary>The cheap sites that together stand for this RET, or the RET alone.</summary>
    public IReadOnlyList<ProbeSite> SitesFor(int ret, Register result)
    {
        List<ProbeSite> sites = [];
        string? doubt = hasUnknownJumps ? "an indirect jump may lead to any place before it" : Cover(ret, TrackedWord.AtReturn(result), sites);
        if (doubt is null && sites.TrueForAll(s => s.Result is { Kind: ResultKind.Zero }))
            doubt = $"the result is always zero here, a rare way out in Go (an error), and at the RET all results are in their registers";
        if (doubt is null)
            return sites;
        if (!hasUnknownJumps && ReturnRegion.Gate(body, addresses, ret, TrackedWord.AtReturn(result)) is (int place, { Kind: not ResultKind.Zero } word))
            return [Site(place, word, body.FallsThrough(place) ? ", whichever way it goes" : "")];
        return [At(ret, result, doubt)];
    }

    /// <summary>The RET, and why it is the site.</summary>
    public ProbeSite At(int ret, Register result, string doubt) => body.SiteAt(ret, $"the RET itself: {doubt}", TrackedWord.AtReturn(result).Location);

    /// <summary>Finds a site on every way to the place before an instruction. Null when done; else why it cannot be done.</summary>
    private string? Cover(int place, TrackedWord word, List<ProbeSite> sites)
    {
        string way = "";   // what lies between the site and the RET and deserves to be told
        for (int at = place; ; at--)
        {
            foreach (int jump in body.JumpsTo(at))
            {
                if (!body.IsInnerJump(jump))
                    return $"the conditional jump at +0x{body.OffsetOf(jump):x} leads here, and elsewhere";
                sites.Add(Site(jump, word, way));
            }
            if (at == 0)
                return "the way from the entry holds no instruction that the kernel emulates";
            int before = at - 1;
            if (!body.FallsThrough(before))
                return body.JumpsTo(at).Count > 0 ? null : $"nothing in the function jumps to +0x{body.OffsetOf(at):x}";
            if (body.OffsetOf(place) - body.OffsetOf(before) > LongestWalk)
                return $"the last {LongestWalk} bytes hold nothing cheaper";

            ref readonly Instruction instruction = ref body[before];
            switch (instruction.FlowControl)
            {
                case FlowControl.Next when body.IsEmulated(before):
                    if (word.Before(body, before, addresses) is not { } here)
                        return Lost(before);
                    sites.Add(Site(before, here, way));
                    return null;
                case FlowControl.Next:
                    if (word.Before(body, before, addresses) is not { } earlier)
                        return Lost(before);
                    word = earlier;
                    break;
                case FlowControl.Call when body.IsEmulated(before):
                    if (WhyNotAtCall(before, word) is string why)
                        return why;
                    sites.Add(Site(before, word, way));
                    return null;
                case FlowControl.IndirectCall:
                    if (!IsDeferredCall(before) || !Survives(word))
                        return $"the call at +0x{body.OffsetOf(before):x} may change the result, or take its time";
                    way = $"; the deferred call at +0x{body.OffsetOf(before):x} comes after it";
                    break;
                case FlowControl.ConditionalBranch when callsMayNotReturn && body.TargetOf(before) is { } target && body.NeverReturnsFrom(target):
                    sites.Add(Site(before, word, ", unless the process is aborted"));
                    return null;
                case FlowControl.ConditionalBranch:
                    return $"the conditional jump at +0x{body.OffsetOf(before):x} leads here, and elsewhere";
                default:
                    return Lost(before);
            }
        }
    }

    private ProbeSite Site(int index, TrackedWord word, string way)
    {
        string place = word.Location switch
        {
            { Kind: ResultKind.Register } => $"the result is in {word.Register.ToString().ToLowerInvariant()}",
            { Kind: ResultKind.Stack } l => $"the result is at rsp+0x{l.StackOffset:x}",
            _ => "the result is zero",
        };
        string kind = EmulatedInstructions.Describe(body[index]);
        return body.SiteAt(index, $"only the RET comes after this: {place}{way}; the kernel emulates this {kind}, a RET it does not", word.Location);
    }

    private string Lost(int index) => $"the result comes from {body.TextOf(index)} at +0x{body.OffsetOf(index):x}";

    /// <summary>
    /// A call can be the site when the result outlives it and it is not the function's own work (a span ends with the work): the write barrier, which
    /// keeps all registers but r11 (runtime/asm_amd64.s, gcWriteBarrier), and deferred calls.
    /// </summary>
    private string? WhyNotAtCall(int call, TrackedWord word)
    {
        string? callee = body.CalleeOf(call);
        if (callee?.StartsWith("runtime.gcWriteBarrier", StringComparison.Ordinal) == true)
            return word is { Kind: ResultKind.Register, Register: Register.R11 } ? $"the write barrier at +0x{body.OffsetOf(call):x} gives the result" : null;
        if (callee is not (null or "runtime.deferreturn") && IsDeferredCall(call) && Survives(word))
            return null;
        return $"the call of {callee ?? "an unknown function"} at +0x{body.OffsetOf(call):x} may change the result, or take its time";
    }

    /// <summary>Does the word keep its value over a call of some function?</summary>
    private bool Survives(TrackedWord word) => word.Kind switch
    {
        ResultKind.Zero => true,
        ResultKind.Stack => !addresses.MayBeReached(word.Slot),
        _ => false,
    };

    /// <summary>
    /// An open-coded defer at the end of the function: the compiler clears the defer's bit (a constant byte stored in the frame) and calls the closure
    /// (cmd/compile/internal/ssagen, openDeferExit).
    /// </summary>
    private bool IsDeferredCall(int call)
    {
        const int Window = 8;   // loads of the closure and of what it captured
        for (int i = call - 1; i >= 0 && i >= call - Window && body[i].FlowControl == FlowControl.Next; i--)
            if (body[i].Code == Code.Mov_rm8_imm8 && body[i].MemoryBase == Register.RSP && body[i].MemoryIndex == Register.None)
                return true;
        return false;
    }

    private static bool HasUnknownJumps(FunctionBody body)
    {
        for (int i = 0; i < body.Count; i++)
            if (body[i].FlowControl is FlowControl.IndirectBranch or FlowControl.XbeginXabortXend)
                return true;
        return false;
    }
}

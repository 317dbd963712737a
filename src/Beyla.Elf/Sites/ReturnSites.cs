using System.Buffers.Binary;
using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// Where the probes for the end of a function go. Every way out is covered by exactly one site. A RET is single-stepped, so for each RET cheaper
/// instructions just before it are looked for (<see cref="ReturnPaths"/>); where there is any doubt the RET itself is the site.
/// </summary>
public static class ReturnSites
{
    /// <summary>Result words in registers: ABIInternal's order on amd64; x0 to x15 on arm64.</summary>
    private static readonly Register[] ResultRegisters =
    [
        Register.RAX, Register.RBX, Register.RCX, Register.RDI, Register.RSI, Register.R8, Register.R9, Register.R10, Register.R11,
    ];

    private const int Aarch64ResultRegisters = 16;

    /// <summary>The sites in the order of their addresses; none when the function never returns.</summary>
    /// <param name="code">The function.</param>
    /// <param name="result">The result word whose place is to be known at every site; 0 is the first.</param>
    /// <param name="words">How many words from that one on must lie side by side there, unless the site is a RET, where all are in their registers.</param>
    /// <exception cref="SiteException">The body cannot be decoded, or it can be left by a conditional jump, which no probe can count.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no register for one of these words.</exception>
    public static IReadOnlyList<ProbeSite> Choose(FunctionCode code, int result, int words = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(result);
        ArgumentOutOfRangeException.ThrowIfLessThan(words, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(result + words, code.IsAarch64 ? Aarch64ResultRegisters : ResultRegisters.Length, nameof(result));
        if (code.IsAarch64)
            return ChooseAarch64(code, result);

        FunctionBody body = FunctionBody.Decode(code);
        ReturnPaths paths = new(body);
        List<ProbeSite> sites = [];
        for (int i = 0; i < body.Count; i++)
        {
            if (body[i].Mnemonic == Mnemonic.Ret)
                sites.AddRange(SitesFor(paths, i, ResultRegisters.AsSpan(result, words)));
            else if (body.IsDirectJump(i) && body.TargetOf(i) is null)
                sites.Add(TailJump(body, i));
            else if (body[i].FlowControl == FlowControl.IndirectBranch && !body.IsTableJump(i))
                sites.Add(body.SiteAt(i, "a jump through a register leaves the function: the results are not known here"));
        }
        sites.Sort((a, b) => a.Address.CompareTo(b.Address));
        return sites;
    }

    /// <summary>The return instructions alone: there all results are where the calling convention says, whatever that costs.</summary>
    /// <exception cref="SiteException">The body cannot be decoded.</exception>
    public static IReadOnlyList<ProbeSite> Returns(FunctionCode code)
    {
        if (code.IsAarch64)
            return ChooseAarch64(code, 0);
        FunctionBody body = FunctionBody.Decode(code);
        return [.. Enumerable.Range(0, body.Count).Where(i => body[i].Mnemonic == Mnemonic.Ret).Select(i => body.SiteAt(i, "the return itself: all results are in their places"))];
    }

    private static IReadOnlyList<ProbeSite> SitesFor(ReturnPaths paths, int ret, ReadOnlySpan<Register> words)
    {
        IReadOnlyList<ProbeSite> first = paths.SitesFor(ret, words[0]);
        for (int word = 1; word < words.Length; word++)
            if (!LieBehind(first, paths.SitesFor(ret, words[word]), word * sizeof(ulong)))
                return [paths.At(ret, words[0], "before it the words of the result do not lie side by side")];
        return first;
    }

    /// <summary>Whether another word is known at the same sites, in the same object on the stack.</summary>
    private static bool LieBehind(IReadOnlyList<ProbeSite> first, IReadOnlyList<ProbeSite> other, int bytes) =>
        first.Count == other.Count && first.Zip(other).All(
            p => p.First.Address == p.Second.Address && (p.First.IsReturn || p.Second.Result == p.First.Result?.Further(bytes)));

    /// <summary>Go's own wrappers end so: the callee returns to our caller, and its results are not there yet.</summary>
    private static ProbeSite TailJump(FunctionBody body, int index) =>
        body[index].FlowControl == FlowControl.UnconditionalBranch
            ? body.SiteAt(index, "a jump to another function: that one returns in place of this, the results are not known here")
            : throw new SiteException(body.Code.Name, body.OffsetOf(index), "a conditional jump leaves the function: no probe can tell when it is taken");

    private static List<ProbeSite> ChooseAarch64(FunctionCode code, int result)
    {
        List<ProbeSite> sites = [];
        for (int offset = 0; offset + 4 <= code.Code.Length; offset += 4)
            if (BinaryPrimitives.ReadUInt32LittleEndian(code.Code.Span[offset..]) == Aarch64.Return)
                sites.Add(Aarch64.SiteAt(code, offset, "a return; on arm64 no cheaper place is looked for", ResultLocation.InRegister(result)));
        return sites;
    }
}

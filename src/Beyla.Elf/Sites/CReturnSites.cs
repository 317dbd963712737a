using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// Where probes at the ends of a C function go (System V ABI, x86-64), in the place of a return probe: that one breaks at the function's beginning, too,
/// where C code seldom has an instruction that the kernel emulates before it moves the stack pointer. Only where all ends are emulated: what is dear
/// is the single step, at the beginning or at a RET, not the return probe (a call of SSL_read and of SSL_read_ex: 11.5 µs by return probe; 1.4 µs by two emulated
/// sites, 11.7 µs by an emulated beginning and a RET).
/// </summary>
public static class CReturnSites
{
    /// <summary>The sites in the order of their addresses, each with the result in rax; null where only a return probe sees every end, or costs less.</summary>
    /// <param name="code">The whole function.</param>
    public static IReadOnlyList<ProbeSite>? Choose(FunctionCode code)
    {
        if (code.IsAarch64) return null;
        try
        {
            FunctionBody body = FunctionBody.Decode(code);
            return LeavesByReturnsOnly(body) && AllReturns(body) is { Count: > 0 } sites && sites.TrueForAll(s => s.Emulated && InRax(s)) ? sites : null;
        }
        catch (SiteException)
        {
            return null; // data among the code, or a conditional jump to a part of the function that lies elsewhere
        }
    }

    private static List<ProbeSite> AllReturns(FunctionBody body)
    {
        ReturnPaths paths = new(body, callsMayNotReturn: true);
        return [.. Enumerable.Range(0, body.Count).Where(i => body[i].Mnemonic == Mnemonic.Ret)
            .SelectMany(i => paths.SitesFor(i, Register.RAX)).DistinctBy(s => s.Address).OrderBy(s => s.Address)];
    }

    /// <summary>A jump to another function is an end whose result is not there yet.</summary>
    private static bool LeavesByReturnsOnly(FunctionBody body) => Enumerable.Range(0, body.Count).All(
        i => body[i].FlowControl != FlowControl.IndirectBranch && (!body.IsDirectJump(i) || body.TargetOf(i) is not null));

    private static bool InRax(ProbeSite site) => site.Result == ResultLocation.InRegister(0);
}

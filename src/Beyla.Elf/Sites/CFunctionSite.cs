using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>Where the probe for the beginning of a C function goes: past <c>endbr64</c>, on the push that compilers put there, else on the first byte.</summary>
public static class CFunctionSite
{
    /// <summary>Always gives a site: at worst the first byte.</summary>
    /// <exception cref="SiteException">The function has no bytes.</exception>
    public static ProbeSite Choose(FunctionCode code)
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
        if (body.Count > 1 && body[0].Mnemonic == Mnemonic.Endbr64 && body[1].Mnemonic == Mnemonic.Push && body.IsEmulated(1)
            && body.JumpsTo(1).Count == 0)
            return body.SiteAt(1, "after endbr64, arguments still in their registers; the kernel emulates this push");
        return FirstBytes.Site(code, !code.Code.IsEmpty && body.IsEmulated(0) ? "the first byte; the kernel emulates it" : "the first byte");
    }
}

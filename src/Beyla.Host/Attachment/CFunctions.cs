using Beyla.Elf;
using Beyla.Elf.Sites;

namespace Beyla.Host.Attachment;

/// <summary>Functions of C libraries by their symbols.</summary>
internal static class CFunctions
{
    /// <summary>Code that is decoded of a function whose symbol has no size.</summary>
    private const int UnsizedCode = 64, MaxCode = 1 << 20;

    /// <summary>
    /// The sites for a function's beginning, or for its return; none, and why, when there is none. A site for the return that does not say where the
    /// result lies (<see cref="ProbeSite.Result"/>) is one for a return probe.
    /// </summary>
    /// <param name="elf">The library.</param>
    /// <param name="name">The function.</param>
    /// <param name="position">What is wanted.</param>
    /// <param name="returns">Whether the function's return is probed, too: a return probe then shares its breakpoint with the beginning's.</param>
    /// <param name="reason">Why there is no site.</param>
    /// <param name="onlyReturnProbe">The end is wanted as a return probe, whatever else there is: the stack pointer at the site is that of the entry.</param>
    public static IReadOnlyList<PlannedSite> Find(ElfFile elf, string name, ProbePosition position, bool returns, out string? reason, bool onlyReturnProbe = false)
    {
        reason = null;
        try
        {
            if (!elf.TryFindSymbol(name, out ElfSymbol symbol) || symbol.Type != ElfSymbolType.Function) reason = "is not in its symbol tables";
            else if (!elf.TryGetFileOffset(symbol.Address, out ulong offset)) reason = "lies in no loaded segment";
            else
            {
                bool whole = symbol.Size is not 0 and <= MaxCode;
                byte[] code = new byte[Math.Min(whole ? symbol.Size : UnsizedCode, (ulong)elf.Length - offset)];
                elf.Read(offset, code);
                FunctionCode function = new(symbol.Name, symbol.Address, code, _ => null) { IsAarch64 = elf.Machine == ElfMachine.Aarch64 };
                IReadOnlyList<ProbeSite>? ends = returns && whole && !onlyReturnProbe ? CReturnSites.Choose(function) : null;
                IReadOnlyList<ProbeSite> sites = position == ProbePosition.Return && ends is not null
                    ? ends
                    : [CFunctionSite.Choose(function, forReturn: returns && ends is null)];
                return [.. sites.Select(site => new PlannedSite(site, offset + (ulong)site.Offset))];
            }
        }
        catch (Exception e) when (e is ElfException or SiteException)
        {
            reason = "cannot be probed: " + e.Message;
        }
        return [];
    }
}

using Beyla.Elf;
using Beyla.Elf.Sites;

namespace Beyla.Host.Attachment;

/// <summary>Functions of C libraries by their symbols.</summary>
internal static class CFunctions
{
    /// <summary>Code that is decoded of a function whose symbol has no size.</summary>
    private const int UnsizedCode = 64, MaxCode = 1 << 20;

    /// <summary>The site for a function's beginning, or for its return, see <see cref="CFunctionSite"/>; null, and why, when there is none.</summary>
    public static PlannedSite? Find(ElfFile elf, string name, bool forReturn, out string? reason)
    {
        reason = null;
        try
        {
            if (!elf.TryFindSymbol(name, out ElfSymbol symbol) || symbol.Type != ElfSymbolType.Function) reason = "is not in its symbol tables";
            else if (!elf.TryGetFileOffset(symbol.Address, out ulong offset)) reason = "lies in no loaded segment";
            else
            {
                byte[] code = new byte[Math.Min(symbol.Size is 0 or > MaxCode ? UnsizedCode : symbol.Size, (ulong)elf.Length - offset)];
                elf.Read(offset, code);
                FunctionCode function = new(symbol.Name, symbol.Address, code, _ => null) { IsAarch64 = elf.Machine == ElfMachine.Aarch64 };
                ProbeSite site = CFunctionSite.Choose(function, forReturn);
                return new PlannedSite(site, offset + (ulong)site.Offset);
            }
        }
        catch (Exception e) when (e is ElfException or SiteException)
        {
            reason = "cannot be probed: " + e.Message;
        }
        return null;
    }
}

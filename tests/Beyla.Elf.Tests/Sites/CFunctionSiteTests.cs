using Beyla.Elf.Sites;

namespace Beyla.Elf.Tests.Sites;

public class CFunctionSiteTests
{
    private static readonly byte[] Endbr64 = [0xf3, 0x0f, 0x1e, 0xfa];

    [Fact]
    public void Choose_PushAfterEndbr64_IsThePush()
    {
        ProbeSite site = CFunctionSite.Choose(Assembled.Function([.. Endbr64, 0x41, 0x54, 0x41, 0x5c, 0xc3]));

        Assert.Equal((4, "push r12", true), (site.Offset, site.Instruction, site.Emulated));
    }

    [Fact]
    public void Choose_SomethingElseAfterEndbr64_IsTheFirstByte()
    {
        ProbeSite site = CFunctionSite.Choose(Assembled.Function([.. Endbr64, 0x48, 0x89, 0xf8, 0xc3]));

        Assert.Equal((0, "endbr64", false), (site.Offset, site.Instruction, site.Emulated));
    }

    [Fact]
    public void Choose_PushFirst_IsEmulatedAtTheFirstByte()
    {
        ProbeSite site = CFunctionSite.Choose(Assembled.Function(0x55, 0x5d, 0xc3));

        Assert.Equal((0, true), (site.Offset, site.Emulated));
    }
}

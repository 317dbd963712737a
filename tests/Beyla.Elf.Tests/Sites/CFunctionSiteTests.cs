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

    // sub rsp,0x18; xor eax,eax; test edx,edx; js +1; nop; ret: the beginning of OpenSSL's SSL_read
    private static readonly byte[] Prologue = [0x48, 0x83, 0xec, 0x18, 0x31, 0xc0, 0x85, 0xd2, 0x78, 0x01, 0x90, 0xc3];

    [Fact]
    public void Choose_BranchBeforeAnyArgumentChanges_IsTheBranch()
    {
        ProbeSite site = CFunctionSite.Choose(Assembled.Function(Prologue));

        Assert.Equal((8, true), (site.Offset, site.Emulated));
    }

    [Fact]
    public void Choose_ReturnWantedAndStackPointerMoves_IsTheFirstByte()
    {
        ProbeSite site = CFunctionSite.Choose(Assembled.Function(Prologue), forReturn: true);

        Assert.Equal((0, false), (site.Offset, site.Emulated));
    }

    [Fact]
    public void Choose_ArgumentChangesBeforeTheBranch_IsTheFirstByte()
    {
        // mov rdi,rsi; jmp +0; ret
        ProbeSite site = CFunctionSite.Choose(Assembled.Function(0x48, 0x89, 0xf7, 0xeb, 0x00, 0xc3));

        Assert.Equal(0, site.Offset);
    }

    [Fact]
    public void Choose_LoopToTheBranch_IsTheFirstByte()
    {
        // test edx,edx; L: je +4; dec r9d... the loop would fire the site again
        ProbeSite site = CFunctionSite.Choose(Assembled.Function(0x85, 0xd2, 0x74, 0x02, 0xeb, 0xfc, 0xc3));

        Assert.Equal(0, site.Offset);
    }
}

using Beyla.Elf.Sites;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Beyla.Elf.Tests.Sites;

public class EntrySiteTests
{
    [Fact]
    public void Choose_FramePointerPushedAfterTheStackCheck_IsThePush()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(c => WithStackCheck(c, pushes: true)));

        Assert.Equal("push rbp", site.Instruction);
        Assert.True(site.Emulated);
        Assert.Contains("fires once per call", site.Why, StringComparison.Ordinal);
        Assert.Equal([0x55], site.Bytes.ToArray());
        Assert.Equal(Assembled.Start + (ulong)site.Offset, site.Address);
    }

    [Fact]
    public void Choose_NoPushAfterTheStackCheck_IsTheCheckThatFiresAgain()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(c => WithStackCheck(c, pushes: false)));

        Assert.StartsWith("jbe", site.Instruction, StringComparison.Ordinal);
        Assert.True(site.Emulated);
        Assert.Contains("fires again when the stack grows", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_HugeFrameWithTwoChecks_IsThePushAfterBoth()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(c =>
        {
            Label grow = c.CreateLabel(), entry = c.CreateLabel();
            c.Label(ref entry);
            c.mov(r12, rsp);
            c.sub(r12, 0x10000);
            c.jb(grow);
            c.cmp(r12, __qword_ptr[r14 + 16]);
            c.jbe(grow);
            c.push(rbp);
            c.mov(rbp, rsp);
            c.pop(rbp);
            c.ret();
            Grow(c, grow, entry);
        }));

        Assert.Equal("push rbp", site.Instruction);
    }

    [Fact]
    public void Choose_ConditionalJumpThatIsNoStackCheck_EndsTheWalk()
    {
        // A leaf: the first branch is passed once per call, the push behind it is not.
        ProbeSite site = EntrySite.Choose(Assembled.Function(c =>
        {
            Label leave = c.CreateLabel();
            c.test(rax, rax);
            c.je(leave);
            c.push(rbp);
            c.pop(rbp);
            c.Label(ref leave);
            c.ret();
        }));

        Assert.StartsWith("je", site.Instruction, StringComparison.Ordinal);
        Assert.Contains("fires once per call", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_GrowthCallsSomethingElse_IsNoStackCheck()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(c =>
        {
            Label retry = c.CreateLabel(), entry = c.CreateLabel();
            c.Label(ref entry);
            c.cmp(rsp, __qword_ptr[r14 + 16]);
            c.jbe(retry);
            c.push(rbp);
            c.pop(rbp);
            c.ret();
            c.Label(ref retry);
            c.call(Assembled.Other);
            c.jmp(entry);
        }));

        Assert.Equal(0, site.Offset);
        Assert.Contains("comes back", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_LoopIntoThePrologue_IsTheFirstByte()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(c =>
        {
            Label loop = c.CreateLabel(), leave = c.CreateLabel();
            c.xor(edx, edx);
            c.Label(ref loop);
            c.cmp(rdx, rax);
            c.jge(leave);
            c.inc(rdx);
            c.jmp(loop);
            c.Label(ref leave);
            c.ret();
        }));

        Assert.Equal(0, site.Offset);
        Assert.False(site.Emulated);
        Assert.Contains("comes back here", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_ArgumentRegisterWrittenBeforeTheBranch_IsTheFirstByte()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(c =>
        {
            Label leave = c.CreateLabel();
            c.test(rdx, rdx);
            c.movzx(ecx, bl);
            c.je(leave);
            c.inc(rax);
            c.Label(ref leave);
            c.ret();
        }));

        Assert.Equal(0, site.Offset);
        Assert.Contains("changes rcx", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_ArgumentIsWrittenTo_IsTheFirstByte()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(c =>
        {
            Label leave = c.CreateLabel();
            c.mov(__qword_ptr[rax + 8], rbx);
            c.je(leave);
            c.nop();
            c.Label(ref leave);
            c.ret();
        }));

        Assert.Equal(0, site.Offset);
        Assert.Contains("writes to memory", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_JumpTableBehindTheFirstBranch_IsTheFirstByte()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(c =>
        {
            Label leave = c.CreateLabel();
            c.cmp(rax, 8);
            c.ja(leave);
            c.lea(rdx, __[0x401000]);
            c.jmp(__qword_ptr[rdx + rax * 8]);
            c.Label(ref leave);
            c.ret();
        }));

        Assert.Equal(0, site.Offset);
        Assert.Contains("may lead anywhere", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_BytesThatAreNoCode_IsTheFirstByteWithTheReason()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(0x55, 0x06, 0x90));

        Assert.Equal(0, site.Offset);
        Assert.Contains("main.f+0x1: not an instruction", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_NoBytes_Throws() => Assert.Throws<SiteException>(() => EntrySite.Choose(Assembled.Function([])));

    [Fact]
    public void Choose_Aarch64_IsTheFirstWordAndClaimsNothing()
    {
        ProbeSite site = EntrySite.Choose(Assembled.Function(0xfd, 0x7b, 0xbf, 0xa9, 0xc0, 0x03, 0x5f, 0xd6) with { IsAarch64 = true });

        Assert.Equal((0, false, 4), (site.Offset, site.Emulated, site.Bytes.Length));
    }

    private static void WithStackCheck(Assembler c, bool pushes)
    {
        Label grow = c.CreateLabel(), entry = c.CreateLabel();
        c.Label(ref entry);
        c.cmp(rsp, __qword_ptr[r14 + 16]);
        c.jbe(grow);
        if (pushes)
        {
            c.push(rbp);
            c.mov(rbp, rsp);
            c.pop(rbp);
        }
        else
        {
            c.sub(rsp, 16);
            c.add(rsp, 16);
        }
        c.ret();
        Grow(c, grow, entry);
    }

    private static void Grow(Assembler c, Label grow, Label entry)
    {
        c.Label(ref grow);
        c.mov(__qword_ptr[rsp + 8], rax);
        c.call(Assembled.MoreStack);
        c.mov(rax, __qword_ptr[rsp + 8]);
        c.jmp(entry);
    }
}

using Beyla.Elf.Sites;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Beyla.Elf.Tests.Sites;

public class ReturnSitesTests
{
    private const int Rax = 0, Rcx = 1;

    [Fact]
    public void Choose_WriteBarrierBeforeTheReturn_IsOneSiteOnEachArm()
    {
        // The end of net/http.(*Transport).roundTrip: resp.Request = origReq; return resp, nil
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            Label slow = c.CreateLabel(), join = c.CreateLabel();
            c.cmp(__dword_ptr[0x401000], 0);
            c.jne(slow);
            c.mov(rcx, __qword_ptr[rsp + 0x40]);
            c.jmp(join);
            c.Label(ref slow);
            c.call(Assembled.WriteBarrier);
            c.mov(rcx, __qword_ptr[rsp + 0x40]);
            c.mov(__qword_ptr[r11], rcx);
            c.Label(ref join);
            c.mov(__qword_ptr[rax + 0x80], rcx);
            c.xor(ebx, ebx);
            c.add(rsp, 0x20);
            c.pop(rbp);
            c.ret();
        });

        Assert.Equal(["jmp", "call"], sites.Select(s => s.Instruction.Split(' ')[0]));
        Assert.All(sites, s => Assert.True(s.Emulated, s.Why));
        Assert.All(sites, s => Assert.Equal(ResultLocation.InRegister(Rax), s.Result));
    }

    [Fact]
    public void Choose_DeferredCallBeforeTheReturn_IsPassedOver()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c => WithDeferredCall(c, capturedFrom: 0xf8));

        ProbeSite site = Assert.Single(sites);
        Assert.Equal(("nop", true, ResultLocation.InRegister(Rcx)), (site.Instruction, site.Emulated, site.Result));
        Assert.Contains("deferred call", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_DeferredCallThatMayReachTheResult_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c => WithDeferredCall(c, capturedFrom: 0x90));

        AssertOnlyRet(sites, "may change the result");
    }

    [Fact]
    public void Choose_IndirectCallThatIsNotDeferred_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.nop();
            c.mov(__qword_ptr[rsp + 0x10], rax);
            c.call(rbx);
            c.mov(rax, __qword_ptr[rsp + 0x10]);
            c.ret();
        });

        AssertOnlyRet(sites, "take its time");
    }

    [Fact]
    public void Choose_DirectCallBeforeTheReturn_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.nop();
            c.call(Assembled.Other);
            c.ret();
        });

        AssertOnlyRet(sites, "main.other");
    }

    [Fact]
    public void Choose_DirectDeferredCall_IsTheCallWithTheResultOnTheStack()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.push(rbp);
            c.sub(rsp, 0x20);
            c.mov(__qword_ptr[rsp + 0x10], rbx);
            c.mov(__byte_ptr[rsp + 7], 0);
            c.mov(rax, __qword_ptr[rsp + 0x18]);
            c.call(Assembled.Other);
            c.mov(rax, __qword_ptr[rsp + 0x10]);
            c.add(rsp, 0x20);
            c.pop(rbp);
            c.ret();
        });

        ProbeSite site = Assert.Single(sites);
        Assert.Equal(("call main.other", ResultLocation.OnStack(0x10)), (site.Instruction, site.Result));
    }

    [Fact]
    public void Choose_RecoveredPanic_IsTheRet()
    {
        // Deferred functions run in this call and may set the results; the runtime jumps here after a recover.
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.mov(__byte_ptr[rsp + 7], 0);
            c.call(Assembled.DeferReturn);
            c.mov(rax, __qword_ptr[rsp + 0x10]);
            c.ret();
        });

        AssertOnlyRet(sites, "runtime.deferreturn");
    }

    [Fact]
    public void Choose_ConditionalJumpBothOfWhoseWaysLeadToTheReturn_IsTheSite()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            Label join = c.CreateLabel();
            c.mov(rax, __qword_ptr[rsp + 16]);
            c.test(rbx, rbx);
            c.je(join);
            c.cmp(rcx, 1);
            c.je(join);
            c.mov(__qword_ptr[r14 + 16], rcx);
            c.Label(ref join);
            c.ret();
        });

        ProbeSite site = Assert.Single(sites);
        Assert.StartsWith("je ", site.Instruction, StringComparison.Ordinal);
        Assert.Equal((8, true, ResultLocation.InRegister(Rax)), (site.Offset, site.Emulated, site.Result));
        Assert.Contains("whichever way it goes", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_ConditionalJumpWhoseWaysHoldTheResultInTwoPlaces_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            Label join = c.CreateLabel();
            c.test(rbx, rbx);
            c.je(join);
            c.mov(rax, rcx);
            c.Label(ref join);
            c.ret();
        });

        AssertOnlyRet(sites, "conditional jump");
    }

    [Fact]
    public void Choose_ConditionalJumpWithACallOnOneWay_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            Label join = c.CreateLabel();
            c.test(rbx, rbx);
            c.je(join);
            c.call(Assembled.Other);
            c.Label(ref join);
            c.ret();
        });

        AssertOnlyRet(sites, "conditional jump");
    }

    [Fact]
    public void Choose_ConditionalJumpPassedBeforeTheReturn_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            Label loop = c.CreateLabel();
            c.Label(ref loop);
            c.nop();
            c.dec(rax);
            c.jne(loop);
            c.mov(rbx, rcx);
            c.ret();
        });

        AssertOnlyRet(sites, "conditional jump");
    }

    [Fact]
    public void Choose_SharedEpilogue_IsEachWayIntoItWithItsOwnPlace()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            Label other = c.CreateLabel(), end = c.CreateLabel();
            c.test(rbx, rbx);
            c.je(other);
            c.mov(rdx, rbx);
            c.jmp(end);
            c.Label(ref other);
            c.nop();
            c.mov(rdx, rcx);
            c.Label(ref end);
            c.mov(rax, rdx);
            c.ret();
        });

        Assert.Equal([("jmp", ResultLocation.InRegister(2)), ("nop", ResultLocation.InRegister(Rcx))],
            sites.Select(s => (s.Instruction.Split(' ')[0], s.Result!.Value)));
    }

    [Fact]
    public void Choose_NopBeforeTheRet_IsTheNopEvenForZero()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.xor(eax, eax);
            c.nop();
            c.ret();
        });

        ProbeSite site = Assert.Single(sites);
        Assert.Equal(("nop", ResultLocation.InRegister(Rax)), (site.Instruction, site.Result));
    }

    [Fact]
    public void Choose_ResultAlwaysZero_IsTheRetWhereAllResultsAreReadable()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.nop();
            c.xor(eax, eax);
            c.ret();
        });

        AssertOnlyRet(sites, "always zero");
    }

    [Fact]
    public void Choose_ResultOnTheStack_CountsFromTheStackPointerAtTheSite()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.push(rbp);
            c.sub(rsp, 0x40);
            c.nop();
            c.mov(rbx, __qword_ptr[rsp + 0x30]);
            c.add(rsp, 0x40);
            c.pop(rbp);
            c.mov(rax, rbx);
            c.ret();
        });

        Assert.Equal(ResultLocation.OnStack(0x30), Assert.Single(sites).Result);
    }

    [Fact]
    public void Choose_ResultSlotOverwrittenInPart_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.nop();
            c.mov(__dword_ptr[rsp + 0x34], ecx);
            c.mov(rax, __qword_ptr[rsp + 0x30]);
            c.ret();
        });

        AssertOnlyRet(sites, "comes from");
    }

    [Fact]
    public void Choose_StoreThroughAPointerIntoTheFrame_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.lea(rdx, __[rsp + 0x20]);
            c.nop();
            c.mov(__qword_ptr[rdx + 0x10], rcx);
            c.mov(rax, __qword_ptr[rsp + 0x30]);
            c.ret();
        });

        AssertOnlyRet(sites, "comes from");
    }

    [Fact]
    public void Choose_ResultComputedInTheEnd_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.nop();
            c.add(rax, rbx);
            c.ret();
        });

        AssertOnlyRet(sites, "add rax,rbx");
    }

    [Fact]
    public void Choose_JumpTableInTheFunction_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.jmp(__qword_ptr[rdx + rax * 8]);
            c.nop();
            c.ret();
        });

        AssertOnlyRet(sites, "indirect jump");
    }

    [Fact]
    public void Choose_PlaceThatNothingJumpsTo_IsTheRet()
    {
        // The runtime enters such code (recover), so no jump before it can stand for it.
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            Label end = c.CreateLabel();
            c.jmp(end);
            c.mov(rax, rbx);
            c.Label(ref end);
            c.ret();
        });

        AssertOnlyRet(sites, "nothing in the function jumps");
    }

    [Fact]
    public void Choose_TailJump_IsTheJumpWithoutAResult()
    {
        IReadOnlyList<ProbeSite> sites = Choose(c =>
        {
            c.mov(rax, __qword_ptr[rax]);
            c.jmp(Assembled.Other);
        });

        ProbeSite site = Assert.Single(sites);
        Assert.Equal(("jmp main.other", true, null), (site.Instruction, site.Emulated, site.Result));
        Assert.Contains("not known", site.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_ConditionalJumpOutOfTheFunction_Throws()
    {
        FunctionCode code = Assembled.Function(c =>
        {
            c.je(Assembled.Other);
            c.ret();
        });

        SiteException e = Assert.Throws<SiteException>(() => ReturnSites.Choose(code, 0));
        Assert.Contains("main.f+0x0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_FunctionThatNeverReturns_IsEmpty() => Assert.Empty(Choose(c => c.ud2()));

    [Fact]
    public void Choose_InstructionCutOff_Throws() =>
        Assert.Throws<SiteException>(() => ReturnSites.Choose(Assembled.Function(0xc3, 0x48, 0x8b), 0));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 3)]
    [InlineData(3, 7)]
    [InlineData(5, 8)]
    public void Choose_ResultWord_IsInTheRegisterOfTheAbi(int word, int register) =>
        Assert.Equal(ResultLocation.InRegister(register), Assert.Single(ReturnSites.Choose(Assembled.Function(0xc3), word)).Result);

    [Fact]
    public void Choose_ResultWordWithoutARegister_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ReturnSites.Choose(Assembled.Function(0xc3), 9));

    [Fact]
    public void Choose_Aarch64_IsEveryReturn()
    {
        byte[] ret = [0xc0, 0x03, 0x5f, 0xd6], nop = [0x1f, 0x20, 0x03, 0xd5];

        IReadOnlyList<ProbeSite> sites = ReturnSites.Choose(Assembled.Function([.. nop, .. ret, .. nop, .. ret]) with { IsAarch64 = true }, 1);

        Assert.Equal([4, 12], sites.Select(s => s.Offset));
        Assert.All(sites, s => Assert.Equal(("ret", false, ResultLocation.InRegister(1)), (s.Instruction, s.Emulated, s.Result)));
    }

    [Fact]
    public void Choose_TwoWordsSideBySide_IsTheCheapSite()
    {
        ProbeSite site = Assert.Single(ReturnSites.Choose(Assembled.Function(c => WithTwoWords(c, second: 0x98)), 0, words: 2));

        Assert.Equal(("nop", true, ResultLocation.OnStack(0x90)), (site.Instruction, site.Emulated, site.Result));
    }

    [Fact]
    public void Choose_TwoWordsApart_IsTheRet() =>
        AssertOnlyRet(ReturnSites.Choose(Assembled.Function(c => WithTwoWords(c, second: 0x50)), 0, words: 2), "side by side");

    [Fact]
    public void Choose_TwoWordsInRegisters_IsTheRet()
    {
        IReadOnlyList<ProbeSite> sites = ReturnSites.Choose(
            Assembled.Function(c =>
            {
                c.nop();
                c.pop(rbp);
                c.ret();
            }),
            0, words: 2);

        AssertOnlyRet(sites, "side by side");
    }

    [Fact]
    public void Choose_WordsWithoutRegisters_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ReturnSites.Choose(Assembled.Function(0xc3), 8, words: 2));

    private static void WithTwoWords(Assembler c, int second)
    {
        c.nop();
        c.mov(rax, __qword_ptr[rsp + 0x90]);
        c.mov(rbx, __qword_ptr[rsp + second]);
        c.add(rsp, 0x200);
        c.pop(rbp);
        c.ret();
    }

    private static IReadOnlyList<ProbeSite> Choose(Action<Assembler> write) => ReturnSites.Choose(Assembled.Function(write), 0);

    private static void AssertOnlyRet(IReadOnlyList<ProbeSite> sites, string why)
    {
        ProbeSite site = Assert.Single(sites);
        Assert.Equal(("ret", false, ResultLocation.InRegister(Rax)), (site.Instruction, site.Emulated, site.Result));
        Assert.Contains(why, site.Why, StringComparison.Ordinal);
    }

    private static void WithDeferredCall(Assembler c, int capturedFrom)
    {
        c.push(rbp);
        c.sub(rsp, 0x200);
        c.lea(rdx, __[rsp + capturedFrom]);
        c.mov(__qword_ptr[rsp + 0x1e0], rdx);
        c.nop();
        c.mov(__qword_ptr[rsp + 0x90], rcx);
        c.movups(__xmmword_ptr[rsp + 0xf8], xmm15);
        c.mov(__byte_ptr[rsp + 0x47], 0);
        c.mov(rdx, __qword_ptr[rsp + 0x1e0]);
        c.mov(rax, __qword_ptr[rdx]);
        c.call(rax);
        c.mov(rax, __qword_ptr[rsp + 0x90]);
        c.add(rsp, 0x200);
        c.pop(rbp);
        c.ret();
    }
}

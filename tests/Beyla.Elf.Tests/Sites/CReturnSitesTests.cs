using Beyla.Elf.Sites;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Beyla.Elf.Tests.Sites;

public class CReturnSitesTests
{
    [Fact]
    public void Choose_JumpToACallThatNeverReturns_IsTheSite()
    {
        IReadOnlyList<ProbeSite>? sites = CReturnSites.Choose(Guarded(behind: _ => { }));

        ProbeSite site = Assert.Single(sites!);
        Assert.StartsWith("jne", site.Instruction, StringComparison.Ordinal);
        Assert.Equal((true, ResultLocation.InRegister(0)), (site.Emulated, site.Result));
    }

    [Fact]
    public void Choose_JumpToACallWithCodeBehindIt_IsNone() =>
        Assert.Null(CReturnSites.Choose(Guarded(behind: a =>
        {
            a.mov(eax, -1);
            a.ret();
        })));

    [Fact]
    public void Choose_GuardAfterTheResultMoved_IsNone() =>
        // At the jump the result is in ebx, and a C function's probe reads rax.
        Assert.Null(CReturnSites.Choose(Guarded(behind: _ => { }, beforeReturn: a => a.mov(rax, rbx))));

    [Fact]
    public void Choose_EveryEndIsCoveredOnce_OneSiteForEach()
    {
        IReadOnlyList<ProbeSite>? sites = CReturnSites.Choose(WithSecondEnd(a =>
        {
            a.mov(eax, -1);
            a.nop();
            a.ret();
        }));

        Assert.Equal(["nop", "nop"], sites!.Select(s => s.Instruction));
    }

    [Fact]
    public void Choose_OneEndWithoutACheapSite_IsNone() =>
        Assert.Null(CReturnSites.Choose(WithSecondEnd(a =>
        {
            a.call(Assembled.Other);
            a.ret();
        })));

    [Fact]
    public void Choose_JumpToAnotherFunction_IsNone() => Assert.Null(CReturnSites.Choose(WithSecondEnd(a => a.jmp(Assembled.Other))));

    [Fact]
    public void Choose_JumpThroughARegister_IsNone() => Assert.Null(CReturnSites.Choose(WithSecondEnd(a => a.jmp(rax))));

    /// <summary>A function with one end that has a cheap site, and another.</summary>
    private static FunctionCode WithSecondEnd(Action<Assembler> end) => Assembled.Function(a =>
    {
        Label second = a.CreateLabel();
        a.test(edx, edx);
        a.js(second);
        a.mov(eax, 1);
        a.nop();
        a.ret();
        a.Label(ref second);
        end(a);
    });

    /// <summary>What gcc makes with -fstack-protector, as of OpenSSL's SSL_read: the guard is compared, and the process aborted when it has changed.</summary>
    private static FunctionCode Guarded(Action<Assembler> behind, Action<Assembler>? beforeReturn = null) => Assembled.Function(a =>
    {
        Label smashed = a.CreateLabel();
        a.sub(rsp, 0x18);
        a.call(Assembled.Other);
        a.mov(rdx, __[rsp + 8]);
        a.sub(rdx, __[rdi]);
        a.jne(smashed);
        beforeReturn?.Invoke(a);
        a.add(rsp, 0x18);
        a.xor(edx, edx);
        a.ret();
        a.Label(ref smashed);
        a.call(Assembled.Other);
        behind(a);
    });
}

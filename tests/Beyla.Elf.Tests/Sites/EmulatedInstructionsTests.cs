using Beyla.Elf.Sites;

namespace Beyla.Elf.Tests.Sites;

public class EmulatedInstructionsTests
{
    [Theory]
    [InlineData("55", "push rbp")]
    [InlineData("4155", "push r13")]
    [InlineData("90", "nop")]
    [InlineData("e801020304", "call rel32")]
    [InlineData("e901020304", "jmp rel32")]
    [InlineData("eb05", "jmp rel8")]
    [InlineData("7605", "jbe rel8")]
    [InlineData("0f8601020304", "jbe rel32")]
    public void Contains_WhatEveryKernelEmulates_IsTrue(string bytes, string what) =>
        Assert.True(EmulatedInstructions.Contains(Convert.FromHexString(bytes)), what);

    [Theory]
    [InlineData("c3", "ret")]
    [InlineData("6690", "nop of two bytes")]
    [InlineData("0f1f440000", "nop of five bytes: only the newest kernels")]
    [InlineData("f390", "pause")]
    [InlineData("66e801020304", "call with an operand size prefix: refused by the kernel")]
    [InlineData("f2e901020304", "bnd jmp")]
    [InlineData("ffd0", "call rax")]
    [InlineData("ffe0", "jmp rax")]
    [InlineData("e305", "jrcxz")]
    [InlineData("4855", "rex.w push rbp")]
    [InlineData("6a01", "push imm8")]
    [InlineData("5d", "pop rbp")]
    [InlineData("4883ec10", "sub rsp,16")]
    public void Contains_WhatIsSingleStepped_IsFalse(string bytes, string what) =>
        Assert.False(EmulatedInstructions.Contains(Convert.FromHexString(bytes)), what);
}

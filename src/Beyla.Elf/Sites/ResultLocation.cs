namespace Beyla.Elf.Sites;

/// <summary>What kind of place holds a result word. The values are <c>SITE_*</c> in bpf/include/beyla/go.h.</summary>
public enum ResultKind
{
    /// <summary>A general register.</summary>
    Register = 0,

    /// <summary>Eight bytes on the stack.</summary>
    Stack = 1,

    /// <summary>Nowhere: the word is known to be zero.</summary>
    Zero = 2,
}

/// <summary>Where a result word is at a return site, before the instruction of the site is executed.</summary>
/// <param name="Kind">Which of the two numbers counts.</param>
/// <param name="Register">Encoding number: amd64 rax 0, rcx 1, rdx 2, rbx 3, rbp 5, rsi 6, rdi 7, r8 to r15; arm64 x0 is 0.</param>
/// <param name="StackOffset">Bytes from the stack pointer at the site.</param>
public readonly record struct ResultLocation(ResultKind Kind, int Register, int StackOffset)
{
    /// <summary>The word is in the register with this encoding number.</summary>
    public static ResultLocation InRegister(int number) => new(ResultKind.Register, number, 0);

    /// <summary>The word is this many bytes above the stack pointer.</summary>
    public static ResultLocation OnStack(int offset) => new(ResultKind.Stack, 0, offset);

    /// <summary>The word so many bytes behind this one in memory; of a word that is zero, another one that is; null behind a register.</summary>
    public ResultLocation? Further(int bytes) => Kind switch
    {
        ResultKind.Stack => OnStack(StackOffset + bytes),
        ResultKind.Zero => IsZero,
        _ => null,
    };

    /// <summary>The word is zero.</summary>
    public static ResultLocation IsZero => new(ResultKind.Zero, 0, 0);
}

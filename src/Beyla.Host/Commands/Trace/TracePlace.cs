using Beyla.Elf;

namespace Beyla.Host.Commands.Trace;

/// <summary>Where a word lies (<c>struct trace_place</c>).</summary>
/// <param name="Kind">0 nowhere, 1 register, 2 stack, 3 behind the call.</param>
/// <param name="Number">The register's word in struct pt_regs, or bytes from the stack pointer.</param>
internal readonly record struct TracePlace(uint Kind, int Number)
{
    public const uint InRegister = 1, OnStack = 2, BehindCall = 3;

    // Words in struct pt_regs (arch/x86/include/asm/ptrace.h): r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di.
    private static readonly int[] GoRegisters = [10, 5, 11, 14, 13, 9, 8, 7, 6];
    private static readonly int[] CRegisters = [14, 13, 12, 11, 9, 8];

    /// <summary>How many words a C function gets in registers (System V ABI).</summary>
    public static int CArguments => CRegisters.Length;

    /// <summary>Of a piece of a Go value; nowhere for a floating-point register.</summary>
    public static TracePlace Of(GoPiece piece, ElfMachine machine) => piece.Place switch
    {
        GoPlace.Register => new(InRegister, machine == ElfMachine.X86_64 ? GoRegisters[piece.Number] : piece.Number),
        GoPlace.Stack => new(OnStack, piece.Number),
        _ => default,
    };

    /// <summary>Of a C argument.</summary>
    public static TracePlace OfC(int number, ElfMachine machine) => new(InRegister, machine == ElfMachine.X86_64 ? CRegisters[number] : number);

    /// <summary>Of a C result.</summary>
    public static TracePlace CResult(ElfMachine machine) => new(InRegister, machine == ElfMachine.X86_64 ? 10 : 0);
}

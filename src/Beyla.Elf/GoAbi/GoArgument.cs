namespace Beyla.Elf;

/// <summary>Where one piece of a value lies at a function's entry (parameters) or at its return instruction (results).</summary>
public enum GoPlace
{
    /// <summary>An integer register: number in the order of the convention (amd64: rax rbx rcx rdi rsi r8 r9 r10 r11).</summary>
    Register,

    /// <summary>A floating-point register, which no probe can read.</summary>
    FloatRegister,

    /// <summary>On the stack: bytes from the stack pointer, which points to the return address there (amd64).</summary>
    Stack,
}

/// <summary>One piece of a value, at most a word.</summary>
/// <param name="Offset">Of the piece in the value, bytes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Place">Where it lies.</param>
/// <param name="Number">Number of the register, or bytes from the stack pointer.</param>
public readonly record struct GoPiece(int Offset, int Size, GoPlace Place, int Number);

/// <summary>A parameter or result with the places of its pieces.</summary>
/// <param name="Parameter">It.</param>
/// <param name="Pieces">The pieces in the order of their offsets; none of a value without bytes.</param>
public sealed record GoArgument(GoParameter Parameter, IReadOnlyList<GoPiece> Pieces);

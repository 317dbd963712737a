namespace Beyla.Elf.Sites;

/// <summary>Where a uprobe goes, and why.</summary>
/// <param name="Address">Link-time address of the instruction under the breakpoint.</param>
/// <param name="Offset">The same, in bytes from the function's start.</param>
/// <param name="Instruction">The instruction as text.</param>
/// <param name="Emulated">True: every kernel since 5.15 emulates this instruction; false: it is executed out of line by a single step, which costs 3 to 7
/// times more.</param>
/// <param name="Why">The reason for this choice, for the user.</param>
/// <param name="Bytes">The instruction's bytes: what must stand in the target at this place before a probe is put there.</param>
/// <param name="Result">Return sites: where the result word asked for is when the probe fires; null at entries and where it is not known.</param>
public sealed record ProbeSite(
    ulong Address, int Offset, string Instruction, bool Emulated, string Why, ReadOnlyMemory<byte> Bytes, ResultLocation? Result)
{
    /// <summary>The instruction is the return itself: all results of a Go function are in their registers.</summary>
    public bool IsReturn => Bytes.Span is [0xc3] or [0xc0, 0x03, 0x5f, 0xd6]; // ret; on arm64 ret x30
}

namespace Beyla.Elf.Sites;

/// <summary>The machine code of one function, as it lies in the file.</summary>
/// <param name="Name">The symbol, for messages.</param>
/// <param name="Address">Link-time address of the first byte.</param>
/// <param name="Code">The bytes of the function; trailing padding does no harm.</param>
/// <param name="NameOf">Name of the function that begins at a link-time address, null when unknown: tells <c>runtime.morestack</c> and
/// <c>runtime.gcWriteBarrier2</c> from other call targets.</param>
public sealed record FunctionCode(string Name, ulong Address, ReadOnlyMemory<byte> Code, Func<ulong, string?> NameOf)
{
    /// <summary>True: AArch64 code. False (the default): x86-64.</summary>
    public bool IsAarch64 { get; init; }
}

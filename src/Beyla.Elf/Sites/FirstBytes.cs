using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>The site of last resort: a function's first instruction, whatever it is.</summary>
internal static class FirstBytes
{
    /// <exception cref="SiteException">The function has no bytes.</exception>
    public static ProbeSite Site(FunctionCode code, string why)
    {
        if (code.Code.IsEmpty)
            throw new SiteException(code.Name, 0, "the function has no bytes");
        if (code.IsAarch64)
            return Aarch64.SiteAt(code, 0, why, result: null);

        ReadOnlyMemory<byte> head = code.Code[..Math.Min(15, code.Code.Length)];   // no x86 instruction is longer
        Decoder decoder = Decoder.Create(64, head.ToArray(), code.Address);
        Instruction first = decoder.Decode();
        return first.IsInvalid
            ? new ProbeSite(code.Address, 0, "(not an instruction)", Emulated: false, why, head[..1], Result: null)
            : new ProbeSite(code.Address, 0, InstructionText.Of(first, code), EmulatedInstructions.Contains(head.Span[..first.Length]), why,
                head[..first.Length], Result: null);
    }
}

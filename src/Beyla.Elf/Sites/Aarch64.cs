using System.Buffers.Binary;

namespace Beyla.Elf.Sites;

/// <summary>What little is needed of AArch64: fixed words, one of them a return. Nothing is said about what its kernel emulates.</summary>
internal static class Aarch64
{
    public const uint Return = 0xd65f03c0;   // ret x30

    public static ProbeSite SiteAt(FunctionCode code, int offset, string why, ResultLocation? result)
    {
        ReadOnlyMemory<byte> bytes = code.Code.Slice(offset, Math.Min(4, code.Code.Length - offset));
        string text = bytes.Length < 4 ? "(cut off)" : Text(BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span));
        return new ProbeSite(code.Address + (ulong)offset, offset, text, Emulated: false, why, bytes, result);
    }

    private static string Text(uint word) => word == Return ? "ret" : $".inst 0x{word:x8}";
}

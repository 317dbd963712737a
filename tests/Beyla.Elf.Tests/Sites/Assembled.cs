using Beyla.Elf.Sites;
using Iced.Intel;

namespace Beyla.Elf.Tests.Sites;

/// <summary>Functions written by hand, one instruction at a time.</summary>
internal static class Assembled
{
    public const ulong Start = 0x400000;
    public const ulong MoreStack = 0x500000;
    public const ulong WriteBarrier = 0x500100;
    public const ulong Other = 0x500200;
    public const ulong DeferReturn = 0x500300;

    public static FunctionCode Function(Action<Assembler> write)
    {
        Assembler assembler = new(64);
        write(assembler);
        using MemoryStream bytes = new();
        assembler.Assemble(new StreamCodeWriter(bytes), Start);
        return Function(bytes.ToArray());
    }

    public static FunctionCode Function(params byte[] bytes) => new("main.f", Start, bytes, NameOf);

    public static string? NameOf(ulong address) => address switch
    {
        Start => "main.f",
        MoreStack => "runtime.morestack_noctxt",
        WriteBarrier => "runtime.gcWriteBarrier2",
        Other => "main.other",
        DeferReturn => "runtime.deferreturn",
        _ => null,
    };
}

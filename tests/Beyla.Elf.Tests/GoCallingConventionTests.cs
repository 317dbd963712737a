using System.Globalization;

namespace Beyla.Elf.Tests;

/// <summary>ABIInternal's assignment (abi-internal.md), with its own example among the rows.</summary>
public class GoCallingConventionTests
{
    private static readonly GoValueType Pair = new(GoKind.Struct, "main.pair", 16, 8)
    {
        Fields = [new("a", 0, GoValueType.OfKind(GoKind.Uint8, "uint8")!), new("s", 8, GoValueType.OfKind(GoKind.Int64, "int64")!)],
    };

    private static readonly GoValueType Two = new(GoKind.Array, "main.two", 16, 8) { Element = GoValueType.OfKind(GoKind.Int64, "int64"), Length = 2 };

    [Theory]
    [InlineData(24, "f(a int, b string, c []int, d error)", "a=r0 b=r1,r2 c=r3,r4,r5 d=r6,r7")]
    [InlineData(24, "f(a float64, b int, c float32)", "a=f0 b=r0 c=f1")]
    [InlineData(24, "f(a, b, c, d, e, f, g, h int, s string, n int)", "a=r0 b=r1 c=r2 d=r3 e=r4 f=r5 g=r6 h=r7 s=s8,s16 n=r8")]
    [InlineData(24, "f(a main.pair, b int)", "a=r0,r1 b=r2")]
    [InlineData(24, "f(a uint8, b main.two, c uint8)", "a=r0 b=s8,s16 c=r1")]
    [InlineData(16, "f(a int8, b string, c bool)", "a=s8 b=s16,s24 c=s32")]
    [InlineData(24, "f() (a string, b error)", "a=r0,r1 b=r2,r3")]
    [InlineData(16, "f(a int8) (b int, c error)", "a=s8 b=s16 c=s24,s32")]
    public void Assign_Signature_FollowsTheRule(int goMinor, string signature, string places)
    {
        GoSignature parsed = SignatureParser.Parse(signature, name => name == "main.pair" ? Pair : name == "main.two" ? Two : null)!;
        (IReadOnlyList<GoArgument> parameters, IReadOnlyList<GoArgument> results) = GoCallingConvention.Of(ElfMachine.X86_64, goMinor).Assign(parsed);
        Assert.Equal(places, string.Join(' ', parameters.Concat(results).Select(Text)));
    }

    private static string Text(GoArgument argument) => $"{argument.Parameter.Name}={string.Join(',', argument.Pieces.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Place switch
    {
        GoPlace.Register => 'r',
        GoPlace.FloatRegister => 'f',
        _ => 's',
    }}{p.Number}")))}";
}

using Beyla.Ebpf;
using Beyla.Elf;
using Beyla.Host.Commands.Trace;

namespace Beyla.Host.Tests.Commands;

/// <summary>The tables of <c>beyla trace</c> are those of bpf/function_trace.bpf.c.</summary>
public class TracePlanTests
{
    private static readonly TracedValue N = new("n", GoValueType.OfKind(GoKind.Int64, "int64")!, ValueForm.Word, new TracePlace(TracePlace.InRegister, 10), default);
    private static readonly TracedValue Name = new("name", GoValueType.OfKind(GoKind.String, "string")!, ValueForm.Text, default, default);

    [Fact]
    public void Structs_OfTheObject_HaveTheSizesThatTheHostWritesAndReads()
    {
        using BpfObjectSpec spec = TraceSession.Open();
        Assert.True(spec.Btf.TryGetStruct("trace_plan", out BtfStruct? plan) & spec.Btf.TryGetStruct("trace_call", out BtfStruct? call));
        Assert.Equal((TracePlan.Bytes, TraceCall.Bytes), (plan!.Size, call!.Size));
    }

    [Theory]
    [InlineData("n > 100", 5, 100)]
    [InlineData("n >= -1", 6, -1)]
    [InlineData("n<=7", 4, 7)]
    [InlineData("n != 18446744073709551615", 2, -1)]
    public void Condition_Text_IsComparisonAndOperand(string text, uint comparison, long operand) =>
        Assert.Equal(new TraceCondition(1, comparison, operand), TraceCondition.Parse(text, [Name, N]));

    [Theory]
    [InlineData("n", "--where: 'n' is no condition like 'n > 100'")]
    [InlineData("m > 1", "--where: there is no argument 'm'; there are name, n")]
    [InlineData("name == 1", "--where: name is no whole number")]
    [InlineData("n > x", "--where: 'x' is no whole number")]
    public void Condition_Mistake_IsASentence(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<FormatException>(() => TraceCondition.Parse(text, [Name, N])).Message);

    [Theory]
    [InlineData(GoKind.Int8, "int8", 0xfe, "-2")]
    [InlineData(GoKind.Uint8, "uint8", 0xffff_fffe, "254")]
    [InlineData(GoKind.Bool, "bool", 0x100, "false")]
    [InlineData(GoKind.Float64, "float64", 0x4005BF0A8B145769, "2.718281828459045")]
    [InlineData(GoKind.Pointer, "*main.order", 0, "nil")]
    [InlineData(GoKind.Pointer, "*main.order", 0xc000010000, "0xc000010000")]
    public void Text_Word_IsWhatItsTypeSays(GoKind kind, string type, ulong word, string text) => Assert.Equal(text, new ValueText(_ => null).Of(
        N with { Type = GoValueType.OfKind(kind, type)! }, new RecordedValue(word, 0, 0, Known: true, [])));

    [Fact]
    public void Text_CutString_TellsItsLength() => Assert.Equal(
        "\"a\\n\"... (300 bytes)", new ValueText(_ => null).Of(Name, new RecordedValue(1, 300, 0, Known: true, "a\n"u8.ToArray())));
}

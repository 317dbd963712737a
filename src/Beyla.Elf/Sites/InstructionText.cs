using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>Instructions as text, in one style: Intel's order, 0x-numbers, calls by the name of what they call.</summary>
internal static class InstructionText
{
    public static string Of(in Instruction instruction, FunctionCode code)
    {
        IntelFormatter formatter = new(new FormatterOptions
        {
            HexPrefix = "0x",
            HexSuffix = "",
            UppercaseHex = false,
            SmallHexNumbersInDecimal = false,
            LeadingZeros = false,
            BranchLeadingZeros = false,
            SpaceAfterOperandSeparator = false,
            ShowBranchSize = false,
            RipRelativeAddresses = false,
        }, new CallTargets(code));
        StringOutput output = new();
        formatter.Format(instruction, output);
        return output.ToStringAndReset();
    }

    private sealed class CallTargets(FunctionCode code) : ISymbolResolver
    {
        public bool TryGetSymbol(in Instruction instruction, int operand, int instructionOperand, ulong address, int addressSize, out SymbolResult symbol)
        {
            string? name = instruction.FlowControl is FlowControl.Call or FlowControl.UnconditionalBranch ? code.NameOf(address) : null;
            symbol = name is null ? default : new SymbolResult(address, name);
            return name is not null;
        }
    }
}

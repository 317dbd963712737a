namespace Beyla.Elf;

/// <summary>
/// Where Go functions find their arguments and leave their results: ABIInternal's assignment algorithm (abi-internal.md in the Go tree), registers
/// from Go 1.17 on, ABI0 (all on the stack) before. The rule, not DWARF, decides: where both say something else, disassembly agrees with the rule.
/// </summary>
public sealed class GoCallingConvention
{
    private const int Word = 8;

    private readonly int _registers, _floatRegisters;

    private GoCallingConvention(int registers, int floatRegisters) => (_registers, _floatRegisters) = (registers, floatRegisters);

    /// <summary>The convention of a program.</summary>
    /// <param name="machine">Its machine.</param>
    /// <param name="goMinor">24 for Go 1.24.</param>
    public static GoCallingConvention Of(ElfMachine machine, int goMinor) => (machine, goMinor) switch
    {
        (ElfMachine.X86_64, >= 17) => new(9, 15),
        (ElfMachine.Aarch64, >= 18) => new(16, 16),
        _ => new(0, 0),
    };

    /// <summary>Places parameters and results.</summary>
    public (IReadOnlyList<GoArgument> Parameters, IReadOnlyList<GoArgument> Results) Assign(GoSignature signature)
    {
        // The word at the stack pointer is the return address.
        int stack = Word;
        IReadOnlyList<GoArgument> parameters = Assign(signature.Parameters, ref stack);
        stack = Align(stack, Word);
        return (parameters, Assign(signature.Results, ref stack));
    }

    private List<GoArgument> Assign(IReadOnlyList<GoParameter> list, ref int stack)
    {
        List<GoArgument> placed = [];
        int registers = 0, floats = 0;
        foreach (GoParameter parameter in list)
        {
            List<GoPiece> pieces = [];
            (int before, int floatsBefore) = (registers, floats);
            // "If register-assignment fails, undo and assign to the stack."
            if (!TryRegisters(parameter.Type, 0, pieces, ref registers, ref floats))
            {
                (registers, floats) = (before, floatsBefore);
                pieces.Clear();
                stack = Align(stack, parameter.Type.Alignment);
                OnStack(parameter.Type, 0, stack, pieces);
                stack += parameter.Type.Size;
            }
            placed.Add(new GoArgument(parameter, pieces));
        }
        return placed;
    }

    private bool TryRegisters(GoValueType type, int offset, List<GoPiece> pieces, ref int registers, ref int floats)
    {
        switch (type.Kind)
        {
            case GoKind.Float32 or GoKind.Float64:
                return TryFloat(type.Size, offset, pieces, ref floats);
            case GoKind.Complex64 or GoKind.Complex128:
                return TryFloat(type.Size / 2, offset, pieces, ref floats) && TryFloat(type.Size / 2, offset + (type.Size / 2), pieces, ref floats);
            case GoKind.Array:
                return type.Length == 0 || (type.Length == 1 && type.Element is { } element && TryRegisters(element, offset, pieces, ref registers, ref floats));
            case GoKind.Struct:
                foreach (GoValueField field in type.Fields)
                    if (!TryRegisters(field.Type, offset + field.Offset, pieces, ref registers, ref floats)) return false;
                return true;
            default:
                for (int at = 0; at < type.Size; at += Word)
                {
                    if (registers == _registers) return false;
                    pieces.Add(new GoPiece(offset + at, Math.Min(Word, type.Size), GoPlace.Register, registers++));
                }
                return true;
        }
    }

    private bool TryFloat(int size, int offset, List<GoPiece> pieces, ref int floats)
    {
        if (floats == _floatRegisters) return false;
        pieces.Add(new GoPiece(offset, size, GoPlace.FloatRegister, floats++));
        return true;
    }

    private static void OnStack(GoValueType type, int offset, int stack, List<GoPiece> pieces)
    {
        if (type.Kind == GoKind.Struct)
        {
            foreach (GoValueField field in type.Fields) OnStack(field.Type, offset + field.Offset, stack, pieces);
            return;
        }
        for (int at = 0; at < type.Size; at += Word)
            pieces.Add(new GoPiece(offset + at, Math.Min(Word, type.Size - at), GoPlace.Stack, stack + offset + at));
    }

    private static int Align(int value, int alignment) => (value + alignment - 1) / alignment * alignment;
}

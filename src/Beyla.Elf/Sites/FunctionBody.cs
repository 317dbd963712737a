using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// A function of x86-64, decoded from its first byte to its last, with the jumps inside it turned around: who jumps here?
/// Instructions are named by their index. Not for use by several threads.
/// </summary>
internal sealed class FunctionBody
{
    private readonly FunctionCode code;
    private readonly Instruction[] instructions;
    private readonly Dictionary<ulong, int> indexByAddress;
    private readonly Dictionary<int, List<int>> jumpsTo = [];
    private readonly InstructionInfoFactory information = new();

    private FunctionBody(FunctionCode code, Instruction[] instructions)
    {
        this.code = code;
        this.instructions = instructions;
        indexByAddress = new Dictionary<ulong, int>(instructions.Length);
        for (int i = 0; i < instructions.Length; i++)
            indexByAddress[instructions[i].IP] = i;
        for (int i = 0; i < instructions.Length; i++)
            if (IsDirectJump(i) && TargetOf(i) is int target)
                (jumpsTo.TryGetValue(target, out List<int>? jumps) ? jumps : jumpsTo[target] = []).Add(i);
    }

    /// <exception cref="SiteException">A byte sequence is no instruction, the last instruction is cut off, or a jump leads into the middle of one.</exception>
    public static FunctionBody Decode(FunctionCode code)
    {
        Decoder decoder = Decoder.Create(64, new MemoryCodeReader(code.Code), code.Address);
        List<Instruction> instructions = [];
        ulong end = code.Address + (ulong)code.Code.Length;
        while (decoder.IP < end)
        {
            ulong at = decoder.IP;
            decoder.Decode(out Instruction instruction);
            if (instruction.IsInvalid)
                throw new SiteException(code.Name, (int)(at - code.Address),
                    decoder.LastError == DecoderError.NoMoreBytes ? "the last instruction is cut off" : "not an instruction");
            instructions.Add(instruction);
        }
        return new FunctionBody(code, [.. instructions]);
    }

    public int Count => instructions.Length;

    public FunctionCode Code => code;

    public ref readonly Instruction this[int index] => ref instructions[index];

    public int OffsetOf(int index) => (int)(instructions[index].IP - code.Address);

    public ReadOnlyMemory<byte> BytesOf(int index) => code.Code.Slice(OffsetOf(index), instructions[index].Length);

    public string TextOf(int index) => InstructionText.Of(instructions[index], code);

    public bool IsEmulated(int index) => EmulatedInstructions.Contains(BytesOf(index).Span);

    /// <summary>Registers and memory that the instruction reads and writes. Valid until the next call.</summary>
    public InstructionInfo EffectsOf(int index) => information.GetInfo(instructions[index]);

    /// <summary>A jump with its target in the instruction, conditional or not; calls are none.</summary>
    public bool IsDirectJump(int index) =>
        instructions[index].FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch && instructions[index].Op0Kind == OpKind.NearBranch64;

    /// <summary>An unconditional jump that stays in the function.</summary>
    public bool IsInnerJump(int index) =>
        instructions[index].FlowControl == FlowControl.UnconditionalBranch && IsDirectJump(index) && TargetOf(index) is not null;

    /// <summary>True when the next instruction can follow this one.</summary>
    public bool FallsThrough(int index) => instructions[index].FlowControl
        is not (FlowControl.UnconditionalBranch or FlowControl.IndirectBranch or FlowControl.Return or FlowControl.Exception);

    /// <summary>Whether the straight line from an instruction on ends in a call behind which the function has no code.</summary>
    public bool NeverReturnsFrom(int index)
    {
        while (index < Count && instructions[index].FlowControl == FlowControl.Next) index++;
        return index == Count - 1 && instructions[index].FlowControl is (FlowControl.Call or FlowControl.IndirectCall);
    }

    /// <summary>The instruction that a direct jump leads to; null when it lies outside the function.</summary>
    /// <exception cref="SiteException">The target is inside the function, but no instruction begins there.</exception>
    public int? TargetOf(int jump)
    {
        ulong target = instructions[jump].NearBranchTarget;
        if (indexByAddress.TryGetValue(target, out int index))
            return index;
        if (target - code.Address < (ulong)code.Code.Length)
            throw new SiteException(code.Name, OffsetOf(jump), "jumps into the middle of an instruction");
        return null;
    }

    /// <summary>The direct jumps, conditional or not, that lead to an instruction.</summary>
    public IReadOnlyList<int> JumpsTo(int index) => jumpsTo.TryGetValue(index, out List<int>? jumps) ? jumps : [];

    /// <summary>All direct jumps within the function: (from, to).</summary>
    public IEnumerable<(int From, int To)> Jumps => jumpsTo.SelectMany(to => to.Value, (to, from) => (from, to.Key));

    /// <summary>Name of what a direct call calls; null for other instructions and unknown targets.</summary>
    public string? CalleeOf(int index) => instructions[index].FlowControl == FlowControl.Call ? code.NameOf(instructions[index].NearBranchTarget) : null;

    /// <summary>An indirect jump through a table (<c>jmp [base+index*8]</c>, Go's switch since 1.19): its targets are inside, and unknown.</summary>
    public bool IsTableJump(int index) =>
        instructions[index].FlowControl == FlowControl.IndirectBranch && instructions[index].MemoryIndex != Register.None;

    public ProbeSite SiteAt(int index, string why, ResultLocation? result = null) =>
        new(instructions[index].IP, OffsetOf(index), TextOf(index), IsEmulated(index), why, BytesOf(index), result);

    private sealed class MemoryCodeReader(ReadOnlyMemory<byte> bytes) : CodeReader
    {
        private int next;

        public override int ReadByte() => next < bytes.Length ? bytes.Span[next++] : -1;
    }
}

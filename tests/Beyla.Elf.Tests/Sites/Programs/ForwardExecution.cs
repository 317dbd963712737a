using Beyla.Elf.Sites;
using Iced.Intel;

namespace Beyla.Elf.Tests.Sites.Programs;

/// <summary>
/// An oracle that goes the other way than the code under test: forward from the entry, counting how often probes fire on every path, and forward from a
/// site to the RET, carrying the value.
/// </summary>
internal sealed class ForwardExecution
{
    [Flags]
    public enum Hits { None = 0, Never = 1, Once = 2, More = 4 }

    private readonly FunctionCode code;
    private readonly List<Instruction> instructions = [];
    private readonly Dictionary<ulong, int> at = [];

    public ForwardExecution(FunctionCode code)
    {
        this.code = code;
        Decoder decoder = Decoder.Create(64, code.Code.ToArray(), code.Address);
        while (decoder.IP < code.Address + (ulong)code.Code.Length)
        {
            Instruction instruction = decoder.Decode();
            at[instruction.IP] = instructions.Count;
            instructions.Add(instruction);
        }
    }

    /// <summary>For every way out of the function: how often the sites have fired on the paths that end there.</summary>
    /// <param name="sites">Addresses of the probes.</param>
    /// <param name="recovered">How often they have fired when the runtime continues a call after a recovered panic.</param>
    /// <param name="growthRestarts">Whether the jump back to the entry, after the stack has grown, is followed.</param>
    public IEnumerable<(ulong Exit, Hits Hits)> CountHits(IReadOnlySet<ulong> sites, Hits recovered, bool growthRestarts)
    {
        Hits[] before = new Hits[instructions.Count];
        Stack<int> pending = new();
        Flow(0, Hits.Never);
        for (int i = 1; i < instructions.Count; i++)   // where only the runtime comes from (recovered panics)
            if (EndsLine(i - 1) && instructions[i].FlowControl == FlowControl.Call && code.NameOf(instructions[i].NearBranchTarget) == "runtime.deferreturn")
                Flow(i, recovered);
        while (pending.TryPop(out int i))
        {
            Hits after = sites.Contains(instructions[i].IP) ? Fire(before[i]) : before[i];
            if (instructions[i].FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch && instructions[i].Op0Kind == OpKind.NearBranch64
                && at.TryGetValue(instructions[i].NearBranchTarget, out int target) && !(target == 0 && !growthRestarts))
                Flow(target, after);
            if (!EndsLine(i) && i + 1 < instructions.Count)
                Flow(i + 1, after);
        }
        for (int i = 0; i < instructions.Count; i++)
            if (before[i] != Hits.None && IsExit(instructions[i]))
                yield return (instructions[i].IP, sites.Contains(instructions[i].IP) ? Fire(before[i]) : before[i]);

        void Flow(int to, Hits hits)
        {
            if ((before[to] | hits) == before[to])
                return;
            before[to] |= hits;
            pending.Push(to);
        }
    }

    /// <summary>Runs from a site to its RET, both ways at a fork; says whether the value at the claimed place arrives in the register.</summary>
    public bool ValueArrives(ProbeSite site, Register result)
    {
        HashSet<Register> registers = [];
        HashSet<long> slots = [];
        ResultLocation from = site.Result!.Value;
        bool zero = from.Kind == ResultKind.Zero;
        if (from.Kind == ResultKind.Register)
            registers.Add(Register.RAX + from.Register);
        if (from.Kind == ResultKind.Stack)
            slots.Add(from.StackOffset);

        return Arrives(at[site.Address], result, registers, slots, stack: 0, zero);
    }

    private bool Arrives(int i, Register result, HashSet<Register> registers, HashSet<long> slots, long stack, bool zero)
    {
        for (int steps = 0; steps < 200; steps++)
        {
            Instruction instruction = instructions[i];
            switch (instruction.FlowControl)
            {
                case FlowControl.Return:
                    return registers.Contains(result);
                case FlowControl.UnconditionalBranch:
                    i = at[instruction.NearBranchTarget];
                    continue;
                case FlowControl.ConditionalBranch:
                    if (!Arrives(at[instruction.NearBranchTarget], result, [.. registers], [.. slots], stack, zero))
                        return false;
                    break;
                case FlowControl.Call when code.NameOf(instruction.NearBranchTarget)!.StartsWith("runtime.gcWriteBarrier", StringComparison.Ordinal):
                    registers.Remove(Register.R11);
                    break;
                case FlowControl.Call or FlowControl.IndirectCall:
                    registers.Clear();
                    break;
                case FlowControl.Next:
                    Step(instruction, registers, slots, ref stack, zero);
                    break;
                default:
                    return false;
            }
            i++;
        }
        return false;
    }

    private static void Step(in Instruction instruction, HashSet<Register> registers, HashSet<long> slots, ref long stack, bool zero)
    {
        bool toRegister = instruction.Op0Kind == OpKind.Register, toStack = instruction.Op0Kind == OpKind.Memory && instruction.MemoryBase == Register.RSP;
        long slot = stack + (long)instruction.MemoryDisplacement64;
        bool isWord = instruction.Op0Kind == OpKind.Register ? instruction.Op0Register.IsGPR64() : instruction.MemorySize.GetSize() == 8;
        bool carries = instruction.Mnemonic == Mnemonic.Mov && isWord && (instruction.Op1Kind == OpKind.Register
            ? registers.Contains(instruction.Op1Register)
            : instruction.Op1Kind == OpKind.Memory && instruction.MemoryBase == Register.RSP && instruction.MemoryIndex == Register.None && slots.Contains(slot));
        bool makesZero = zero && (instruction.Mnemonic == Mnemonic.Xor && instruction.Op0Register == instruction.Op1Register
            || instruction.Mnemonic == Mnemonic.Mov && instruction.Op1Kind is OpKind.Immediate32 or OpKind.Immediate32to64 && instruction.GetImmediate(1) == 0);
        bool reads = instruction.Mnemonic is Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Nop;

        if (instruction.Mnemonic == Mnemonic.Pop)
        {
            carries = slots.Contains(stack);
            stack += 8;
        }
        else if (instruction.Mnemonic == Mnemonic.Push)
        {
            stack -= 8;
            slots.Remove(stack);
            return;
        }
        else if (toRegister && instruction.Op0Register == Register.RSP && !reads)
        {
            stack += instruction.Mnemonic == Mnemonic.Add ? (long)instruction.GetImmediate(1)
                : instruction.Mnemonic == Mnemonic.Sub ? -(long)instruction.GetImmediate(1) : throw new InvalidOperationException(instruction.ToString());
            return;
        }

        if (toRegister && !reads && instruction.Op0Register.IsGPR())
        {
            registers.Remove(instruction.Op0Register.GetFullRegister());
            if (carries || makesZero)
                registers.Add(instruction.Op0Register.GetFullRegister());
        }
        if (toStack && !reads)
        {
            int size = instruction.MemorySize.GetSize();
            slots.RemoveWhere(s => s < slot + size && slot < s + 8);
            bool zeroes = zero && instruction.Op1Kind == OpKind.Register && instruction.Op1Register == Register.XMM15;
            if (carries || makesZero && isWord)
                slots.Add(slot);
            for (int i = 0; zeroes && i + 8 <= size; i += 8)
                slots.Add(slot + i);
        }
    }

    private bool EndsLine(int index) => instructions[index].FlowControl
        is FlowControl.UnconditionalBranch or FlowControl.IndirectBranch or FlowControl.Return or FlowControl.Exception
        || instructions[index].FlowControl == FlowControl.Call && NeverReturns(code.NameOf(instructions[index].NearBranchTarget));

    private static bool NeverReturns(string? callee) => callee is "runtime.gopanic" or "runtime.fatalthrow" or "runtime.fatal" or "runtime.unreachableMethod"
        || callee?.EndsWith(".throw", StringComparison.Ordinal) == true || callee?.StartsWith("runtime.panic", StringComparison.Ordinal) == true || callee?.StartsWith("runtime.goPanic", StringComparison.Ordinal) == true;

    private bool IsExit(in Instruction instruction) => instruction.FlowControl == FlowControl.Return
        || instruction.FlowControl == FlowControl.UnconditionalBranch && !at.ContainsKey(instruction.NearBranchTarget);

    private static Hits Fire(Hits hits) => ((hits & Hits.Never) != 0 ? Hits.Once : 0) | ((hits & (Hits.Once | Hits.More)) != 0 ? Hits.More : 0);
}

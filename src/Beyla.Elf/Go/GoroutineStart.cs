using Beyla.Elf.Sites;
using Iced.Intel;

namespace Beyla.Elf;

/// <summary>
/// How a goroutine begins that <c>go f(x)</c> started, Go 1.17 and later: it runs a wrapper that the compiler made (<c>Serve.gowrap3</c>,
/// <c>Serve.func3</c> before Go 1.22), which calls f. f's first argument comes in a register and f stores it in the wrapper's frame, in the spill
/// area of its arguments (abi-internal.md). A stack is copied whole when it grows, so the distance from its upper end stays.
/// </summary>
/// <param name="StartPc">Link-time address of the wrapper: what <c>runtime.g.startpc</c> holds.</param>
/// <param name="ArgumentDepth">Where the first argument is stored, in bytes below <c>runtime.g.stack.hi</c>, while f runs.</param>
public readonly record struct GoroutineStart(ulong StartPc, int ArgumentDepth)
{
    /// <summary>
    /// Above the wrapper's frame: four words that newproc1 leaves free (runtime/proc.go, totalSize), and goexit's address, which gostartcall pushes
    /// (runtime/sys_x86.go) as what the wrapper returns to.
    /// </summary>
    private const int AboveWrapper = (4 * 8) + 8;

    internal static GoroutineStart? Find(GoBinary go, GoFunction starter, GoFunction function, out string? whyNot)
    {
        try
        {
            whyNot = $"{starter.Name} starts no goroutine for {function.Name} in a known way";
            List<(GoFunction Wrapper, int Depth)> wrappers = [.. Wrappers(go, starter, function)];
            if (wrappers is not [var (wrapper, depth)])
                return null;
            whyNot = $"{function.Name} does not store its first argument where it is looked for";
            return StoresFirstArgument(Body(go, function)) ? new GoroutineStart(wrapper.Address, AboveWrapper + depth) : null;
        }
        catch (SiteException e)
        {
            whyNot = $"the code cannot be read: {e.Message}";
            return null;
        }
    }

    /// <summary>The closures of the starter that call the function, with the depth of their frame at the call.</summary>
    private static IEnumerable<(GoFunction, int)> Wrappers(GoBinary go, GoFunction starter, GoFunction function)
    {
        FunctionBody body = Body(go, starter);
        HashSet<ulong> taken = [];
        for (int i = 0; i < body.Count; i++)
            if (body[i].Mnemonic == Mnemonic.Lea && body[i].IsIPRelativeMemoryOperand)
                taken.Add(body[i].IPRelativeMemoryAddress);
        foreach (ulong address in taken)
            if (go.FunctionAt(address) is { } closure && closure.Address == address && closure.Address != starter.Address
                && closure.Name.StartsWith(starter.Name, StringComparison.Ordinal) && DepthAtCall(Body(go, closure), function) is { } depth)
                yield return (closure, depth);
    }

    private static int? DepthAtCall(FunctionBody wrapper, GoFunction function)
    {
        List<int> calls = [.. Enumerable.Range(0, wrapper.Count).Where(i => wrapper[i].FlowControl == FlowControl.Call && wrapper[i].NearBranchTarget == function.Address)];
        return calls is [var call] ? FrameDepths.Of(wrapper)?[call] : null;
    }

    /// <summary>Whether the argument in rax goes to its spill slot, just above the return address, before anything is called.</summary>
    private static bool StoresFirstArgument(FunctionBody function)
    {
        int depth = 0;
        for (int i = 0; i < function.Count; i++)
        {
            ref readonly Instruction instruction = ref function[i];
            if (instruction is { Mnemonic: Mnemonic.Mov, Op0Kind: OpKind.Memory, MemoryBase: Register.RSP, MemoryIndex: Register.None, Op1Register: Register.RAX }
                && (long)instruction.MemoryDisplacement64 == depth + 8)
                return true;
            if (instruction.FlowControl is FlowControl.Call or FlowControl.IndirectCall || StackMotion.Of(function, i) is not { } motion)
                return false;
            depth -= motion;
        }
        return false;
    }

    private static FunctionBody Body(GoBinary go, GoFunction function) =>
        FunctionBody.Decode(new FunctionCode(function.Name, function.Address, go.ReadCode(function), go.FunctionNameAt));
}

using Beyla.Elf.Sites;
using Iced.Intel;

namespace Beyla.Elf;

/// <summary>
/// Fixed addresses in the code of one x86-64 function: variables reach it as [rip+n], or as a register that <c>lea reg,[rip+n]</c> has set
/// just before.
/// </summary>
internal sealed class GlobalReferences(FunctionBody body)
{
    private readonly bool _hasUnknownJumps = Enumerable.Range(0, body.Count).Any(i => body[i].FlowControl == FlowControl.IndirectBranch);

    /// <summary>
    /// Variables of a size in bytes that an instruction of this kind names directly, as its destination or as something it reads.
    /// </summary>
    public IEnumerable<ulong> Where(Mnemonic mnemonic, int size, bool stores)
    {
        for (int i = 0; i < body.Count; i++)
        {
            if (body[i].Mnemonic == mnemonic && body[i].IsIPRelativeMemoryOperand && body[i].MemorySize.GetSize() == size
                && IsDestination(i) == stores)
            {
                yield return body[i].IPRelativeMemoryAddress;
            }
        }
    }

    /// <summary>Variables of a size in bytes that are stored to by <c>xchg</c>: Go's atomic stores.</summary>
    public IEnumerable<ulong> Exchanged(int size)
    {
        for (int i = 0; i < body.Count; i++)
        {
            if (body[i].Mnemonic != Mnemonic.Xchg || body[i].MemorySize.GetSize() != size)
                continue;
            if (body[i].IsIPRelativeMemoryOperand)
                yield return body[i].IPRelativeMemoryAddress;
            else if (body[i] is { MemoryIndex: Register.None, MemoryDisplacement64: 0, MemoryBase: var pointer }
                && SetBefore(i, pointer, Mnemonic.Lea) is { } address)
                yield return address;
        }
    }

    /// <summary>Variables whose address is the receiver of calls of methods whose name begins so.</summary>
    public IEnumerable<ulong> Receivers(string method)
    {
        for (int i = 0; i < body.Count; i++)
        {
            if (body.CalleeOf(i)?.StartsWith(method, StringComparison.Ordinal) == true
                && SetBefore(i, Register.RAX, Mnemonic.Lea) is { } address)
            {
                yield return address;
            }
        }
    }

    /// <summary>Words that are loaded into a register and then stored to an address.</summary>
    public IEnumerable<ulong> CopiedTo(ulong destination)
    {
        for (int i = 0; i < body.Count; i++)
        {
            if (body[i].Mnemonic == Mnemonic.Mov && body[i].IsIPRelativeMemoryOperand && body[i].IPRelativeMemoryAddress == destination
                && IsDestination(i) && body[i].Op1Kind == OpKind.Register && SetBefore(i, body[i].Op1Register, Mnemonic.Mov) is { } address)
            {
                yield return address;
            }
        }
    }

    private bool IsDestination(int index) => body[index].Op0Kind == OpKind.Memory && body[index].Mnemonic != Mnemonic.Cmp;

    /// <summary>The [rip+n] of the instruction that set a register, when it is the only one that can have done so.</summary>
    private ulong? SetBefore(int index, Register register, Mnemonic by)
    {
        if (_hasUnknownJumps)
            return null;
        for (int i = index; body.JumpsTo(i).Count == 0 && i > 0 && body.FallsThrough(i - 1); i--)
        {
            Instruction before = body[i - 1];
            if (before.FlowControl == FlowControl.Call)
                return null;                                       // a Go function may change every register
            if (!body.EffectsOf(i - 1).GetUsedRegisters().Any(r => r.Register.GetFullRegister() == register && IsWritten(r.Access)))
                continue;
            bool set = before.Mnemonic == by && before.IsIPRelativeMemoryOperand && before.Op0Kind == OpKind.Register;
            return set && before.Op0Register == register ? before.IPRelativeMemoryAddress : null;
        }
        return null;
    }

    private static bool IsWritten(OpAccess access) =>
        access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite;
}

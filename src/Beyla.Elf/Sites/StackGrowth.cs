using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// The end of a Go function that runs when its stack is too small: saves the arguments, calls <c>runtime.morestack*</c>, jumps back to the first byte
/// (cmd/internal/obj/x86/obj6.go, stacksplit). The function then begins again, so its stack check runs twice in that call.
/// </summary>
internal static class StackGrowth
{
    private const int LongestBlock = 48;   // nine argument registers out and back, floats, padding

    /// <summary>The block that begins at an instruction: its last instruction (the jump back), or null when it is anything else.</summary>
    public static int? EndOfBlockAt(FunctionBody body, int first)
    {
        bool grown = false;
        for (int i = first; i < body.Count && i < first + LongestBlock; i++)
        {
            switch (body[i].FlowControl)
            {
                case FlowControl.Next:
                    break;
                case FlowControl.Call when !grown && body.CalleeOf(i)?.StartsWith("runtime.morestack", StringComparison.Ordinal) == true:
                    grown = true;
                    break;
                case FlowControl.UnconditionalBranch when grown && body.IsInnerJump(i) && body.TargetOf(i) == 0:
                    return i;
                default:
                    return null;
            }
        }
        return null;
    }

    /// <summary>True when the instruction is the conditional jump of a stack check.</summary>
    public static bool IsCheck(FunctionBody body, int index) =>
        body[index].FlowControl == FlowControl.ConditionalBranch && body.TargetOf(index) is int target && target > index
        && EndOfBlockAt(body, target) is not null;

    /// <summary>True when the instruction is the jump back to the entry after the stack has grown.</summary>
    public static bool IsJumpBack(FunctionBody body, int index)
    {
        if (!body.IsInnerJump(index) || body.TargetOf(index) != 0)
            return false;
        for (int i = index - 1; i >= 0 && i > index - LongestBlock; i--)
        {
            if (body[i].FlowControl == FlowControl.Call)
                return body.CalleeOf(i)?.StartsWith("runtime.morestack", StringComparison.Ordinal) == true;
            if (body[i].FlowControl != FlowControl.Next)
                return false;
        }
        return false;
    }
}

namespace Beyla.Elf.Sites;

/// <summary>How deep the frame of a function is at each of its instructions.</summary>
internal static class FrameDepths
{
    /// <summary>Bytes that the stack pointer is below its value at entry, before each instruction; null where no path leads. Null when two paths disagree.</summary>
    public static int?[]? Of(FunctionBody body)
    {
        int?[] depths = new int?[body.Count];
        bool[] growth = StackGrowthInstructions(body);
        Stack<(int Index, int Depth)> pending = new();
        pending.Push((0, 0));
        while (pending.TryPop(out (int Index, int Depth) at))
        {
            if (at.Index >= body.Count || growth[at.Index])
                continue;   // the stack growth takes no address, and a panic's call seems to fall into it
            if (depths[at.Index] is int known)
            {
                if (known != at.Depth)
                    return null;
                continue;
            }
            depths[at.Index] = at.Depth;
            if (body.IsDirectJump(at.Index) && body.TargetOf(at.Index) is int target)
                pending.Push((target, at.Depth));
            if (!body.FallsThrough(at.Index))
                continue;
            if (StackMotion.Of(body, at.Index) is not int motion)
                return null;
            pending.Push((at.Index + 1, at.Depth - motion));
        }
        return depths;
    }

    private static bool[] StackGrowthInstructions(FunctionBody body)
    {
        bool[] growth = new bool[body.Count];
        foreach ((_, int to) in body.Jumps)
            if (StackGrowth.EndOfBlockAt(body, to) is int end)
                Array.Fill(growth, true, to, end - to + 1);
        return growth;
    }
}

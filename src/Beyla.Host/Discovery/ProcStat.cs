using System.Buffers.Text;

namespace Beyla.Host.Discovery;

/// <summary>Addresses that every exec draws anew, so that an exec of the same file shows, too. Zero where the kernel does not tell.</summary>
/// <param name="Code">Start of the program's code; 0: a kernel thread, or the memory is gone.</param>
/// <param name="Stack">Bottom of the stack.</param>
internal readonly record struct ProcessImage(ulong Code, ulong Stack);

/// <summary>What discovery wants of /proc/PID/stat (proc(5); the numbers of the fields are those of the manual page).</summary>
/// <param name="State">Field 3.</param>
/// <param name="ParentPid">Field 4.</param>
/// <param name="Flags">Field 9: PF_* of include/linux/sched.h.</param>
/// <param name="Threads">Field 20.</param>
/// <param name="StartTime">Field 22: clock ticks since boot.</param>
/// <param name="Image">Fields 26 and 28.</param>
internal readonly record struct ProcStat(char State, int ParentPid, uint Flags, int Threads, ulong StartTime, ProcessImage Image)
{
    private const uint Exiting = 4; // PF_EXITING

    /// <summary>The thread group's leader has ended or is about to; other threads may go on without it.</summary>
    public bool LeaderEnded => State is 'Z' or 'X' or 'x' || (Flags & Exiting) != 0;

    /// <summary>Nothing of the process runs any more.</summary>
    public bool Ended => LeaderEnded && Threads <= 1;

    /// <summary>It has a program of its own in memory: not a kernel thread, not a leader that ended.</summary>
    public bool HasProgram => !LeaderEnded && Image.Code != 0;

    /// <summary>Reads the one line of the file. The name in field 2 may hold blanks and parentheses.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out ProcStat stat)
    {
        stat = default;
        int name = line.LastIndexOf((byte)')');
        if (name < 0 || line.Length < name + 3) return false;

        ReadOnlySpan<byte> rest = line[(name + 2)..].TrimEnd((byte)'\n');
        Span<ulong> fields = stackalloc ulong[29];
        char state = (char)rest[0];
        int field = 3;
        foreach (Range range in rest.Split((byte)' '))
        {
            // Negative numbers (field 8 of a process without a terminal) are none of those wanted.
            if (Utf8Parser.TryParse(rest[range], out ulong value, out _)) fields[field] = value;
            if (++field == fields.Length) break;
        }
        if (field != fields.Length) return false;

        stat = new ProcStat(state, (int)fields[4], (uint)fields[9], (int)fields[20], fields[22], new ProcessImage(fields[26], fields[28]));
        return true;
    }
}

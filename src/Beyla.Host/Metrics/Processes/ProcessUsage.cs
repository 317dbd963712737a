using System.Buffers.Text;
using Beyla.Host.Discovery;

namespace Beyla.Host.Metrics.Processes;

/// <summary>What /proc/PID/stat says of a process' use of the machine (proc_pid_stat(5); the numbers of the fields are those of the manual page).</summary>
/// <param name="MinorFaults">Field 10: page faults that needed no disk.</param>
/// <param name="MajorFaults">Field 12: page faults that did.</param>
/// <param name="User">Field 14.</param>
/// <param name="System">Field 15.</param>
/// <param name="Threads">Field 20.</param>
/// <param name="StartTime">Field 22: clock ticks since boot.</param>
/// <param name="VirtualMemory">Field 23, bytes.</param>
/// <param name="Memory">Field 24, bytes. The kernel adds up what its CPUs know once in a while, so it is exact to some pages.</param>
internal readonly record struct ProcessUsage(
    long MinorFaults, long MajorFaults, TimeSpan User, TimeSpan System, long Threads, ulong StartTime, long VirtualMemory, long Memory)
{
    /// <summary>Reads it; null when the process is gone or nothing of it runs any more.</summary>
    public static ProcessUsage? Read(int pid)
    {
        byte[] line = Procfs.ReadAll(pid, "stat", 4096);
        return ProcStat.TryParse(line, out ProcStat stat) && !stat.Ended ? Parse(line) : null;
    }

    private static ProcessUsage Parse(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line[(line.LastIndexOf((byte)')') + 2)..].TrimEnd((byte)'\n');
        Span<long> fields = stackalloc long[25];
        int field = 3;
        foreach (Range range in rest.Split((byte)' '))
        {
            if (Utf8Parser.TryParse(rest[range], out long value, out _)) fields[field] = value;
            if (++field == fields.Length) break;
        }
        return new(fields[10], fields[12], Ticks(fields[14]), Ticks(fields[15]), fields[20], (ulong)fields[22], fields[23], fields[24] * Environment.SystemPageSize);
    }

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks * (TimeSpan.TicksPerSecond / BootTime.TicksPerSecond));
}

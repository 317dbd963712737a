using System.Buffers.Text;
using Beyla.Host.Discovery;
using static Beyla.Host.Metrics.Processes.KernelProcessObserver;

namespace Beyla.Host.Metrics.Processes;

/// <summary>One process, looked up in /proc. Values that we may not read are left out.</summary>
/// <param name="pid">Its pid.</param>
/// <param name="time">The clock of the utilization.</param>
internal sealed class KernelProcessObservation(int pid, TimeProvider time) : IProcessObservation
{
    private const string User = "user", System = "system";

    /// <summary>Of the machine, not what the agent may use: lines like <c>cpu0 …</c> (proc_stat(5)).</summary>
    private static readonly Lazy<int> Processors = new(() => File.ReadLines("/proc/stat").Count(l => l.StartsWith("cpu", StringComparison.Ordinal) && char.IsAsciiDigit(l[3])));

    private (long At, ProcessUsage Usage)? _before;

    public bool Read(IObservedValues values)
    {
        long now = time.GetTimestamp();
        if (ProcessUsage.Read(pid) is not { } usage) return false;
        values.Set(CpuTime, usage.User.TotalSeconds, User);
        values.Set(CpuTime, usage.System.TotalSeconds, System);
        if (_before is { } before && time.GetElapsedTime(before.At, now) is { Ticks: > 0 } elapsed)
        {
            TimeSpan all = elapsed * Processors.Value;
            values.Set(CpuUtilization, (usage.User - before.Usage.User) / all, User);
            values.Set(CpuUtilization, (usage.System - before.Usage.System) / all, System);
        }
        _before = (now, usage);
        values.Set(MemoryUsage, usage.Memory);
        values.Set(MemoryVirtual, usage.VirtualMemory);
        values.Set(Threads, usage.Threads);
        values.Set(Faults, usage.MinorFaults, "minor");
        values.Set(Faults, usage.MajorFaults, "major");
        values.Set(Uptime, (BootTime.SinceBoot() - TimeSpan.FromSeconds((double)usage.StartTime / BootTime.TicksPerSecond)).TotalSeconds);
        if (Procfs.OpenFiles(pid) is { } files) values.Set(Files, files);
        ReadDisk(values);
        return true;
    }

    public void Dispose() { }

    /// <summary>read_bytes and write_bytes of /proc/PID/io (proc_pid_io(5)): what went to or came from storage, not what the page cache gave.</summary>
    private void ReadDisk(IObservedValues values)
    {
        ReadOnlySpan<byte> text = Procfs.ReadAll(pid, "io", 4096);
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            if (Number(line, "read_bytes: "u8) is { } read) values.Set(DiskIo, read, "read");
            else if (Number(line, "write_bytes: "u8) is { } written) values.Set(DiskIo, written, "write");
        }
    }

    private static long? Number(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.StartsWith(name) && Utf8Parser.TryParse(line[name.Length..], out long value, out _) ? value : null;
}

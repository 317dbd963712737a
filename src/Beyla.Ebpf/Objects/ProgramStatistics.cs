using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>What a program has cost since it was loaded.</summary>
/// <param name="RunTimeNs">Nanoseconds in the program, the probe's own cost not included.</param>
/// <param name="Runs">Times it ran.</param>
/// <param name="RecursionMisses">Times it did not run because it (or another probe on this CPU) was already running.</param>
public readonly record struct ProgramRuns(ulong RunTimeNs, ulong Runs, ulong RecursionMisses);

/// <summary>The kernel's measuring of BPF run time. It costs some 20 ns per run while it is on.</summary>
public static class ProgramStatistics
{
    private const int RunTime = 0; // BPF_STATS_RUN_TIME

    /// <summary>Turns it on for all programs of the machine, until the result is disposed of (and nobody else wants it).</summary>
    /// <exception cref="BpfException">CAP_SYS_ADMIN is missing, or the kernel is older than 5.8.</exception>
    public static IDisposable Enable()
    {
        LibbpfLog.Begin();
        int fd = Libbpf.bpf_enable_stats(RunTime);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw BpfException.From("cannot turn on BPF run-time statistics", -fd);
    }
}

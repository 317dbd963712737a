using System.Globalization;
using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>A descriptor of a process, by which the kernel finds it in task storage (pidfd_open(2), Linux 5.3).</summary>
public static class ProcessDescriptor
{
    // libc has a function for it only since glibc 2.36. The number is the same on every architecture.
    private const int PidFdOpen = 434;

    /// <summary>Opens the process with this pid in the PID namespace of this process.</summary>
    /// <exception cref="BpfException">It has ended.</exception>
    public static SafeFileHandle Open(int pid)
    {
        nint fd = Libc.syscall(PidFdOpen, pid, 0, 0, 0, 0);
        return fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw BpfException.From(string.Create(CultureInfo.InvariantCulture, $"cannot open process {pid}"), Marshal.GetLastPInvokeError());
    }
}

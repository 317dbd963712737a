using System.Runtime.InteropServices;
using Beyla.Ebpf;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Host.Attachment;

/// <summary>The mark on a process: <c>struct target</c> in bpf/include/beyla/shared_targets.h.</summary>
/// <param name="Process">The host's handle.</param>
/// <param name="Pid">Process id.</param>
/// <param name="Tracers">The bit of each tracer that watches it.</param>
/// <param name="Flags">What headers are read.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TargetMark(uint Process, int Pid, ulong Tracers, AttachmentFlags Flags)
{
    private readonly uint _unused = 0;
}

/// <summary>The marks on processes that kernel hooks and library probes watch.</summary>
/// <param name="map">The map <c>shared_targets</c>.</param>
internal sealed class TargetMarks(BpfMap map)
{
    /// <summary>Marks a process, or changes its mark.</summary>
    /// <exception cref="BpfException">It has ended.</exception>
    public void Set(in TargetMark mark)
    {
        using SafeFileHandle process = ProcessDescriptor.Open(mark.Pid);
        map.Update((int)process.DangerousGetHandle(), mark);
    }

    /// <summary>Takes the mark off, if the process still runs.</summary>
    public void Clear(int pid)
    {
        try
        {
            using SafeFileHandle process = ProcessDescriptor.Open(pid);
            map.Delete((int)process.DangerousGetHandle());
        }
        catch (BpfException e) when (e.IsGone)
        {
            // The kernel frees a mark with its process.
        }
    }
}

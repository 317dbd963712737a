using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>A program on one uprobe or kprobe, through a perf event of the kernel's dynamic event sources.</summary>
internal sealed unsafe class PerfEventProbe : IDisposable
{
    private const nuint EnableRequest = 0x2400; // PERF_EVENT_IOC_ENABLE

    private readonly SafeFileHandle _event, _link;

    private PerfEventProbe(SafeFileHandle perfEvent, SafeFileHandle link) => (_event, _link) = (perfEvent, link);

    /// <summary>The number of an event source, "uprobe" or "kprobe"; null: the kernel was built without it.</summary>
    public static uint? Source(string name)
    {
        try
        {
            return uint.Parse(File.ReadAllText($"/sys/bus/event_source/devices/{name}/type"), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Opens, links and enables.</summary>
    /// <param name="source">"uprobe" or "kprobe".</param>
    /// <param name="target">File path or kernel function.</param>
    /// <param name="offset">In the file or function.</param>
    /// <param name="pid">0: every process.</param>
    /// <param name="errno">The positive error number on failure.</param>
    /// <param name="program">The program's descriptor.</param>
    /// <param name="atReturn">Whether it runs at the function's return.</param>
    /// <param name="cookie">For bpf_get_attach_cookie.</param>
    public static PerfEventProbe? TryOpen(string source, string target, ulong offset, int pid, SafeFileHandle program, bool atReturn, ulong cookie, out int errno)
    {
        errno = Native.Errno.ENODEV;
        if (Source(source) is not { } type) return null;
        int opened;
        fixed (byte* text = Encoding.UTF8.GetBytes(target + '\0'))
        {
            PerfEventAttributes attributes = new() { Type = type, Config = atReturn ? 1u : 0, Config1 = (ulong)text, Config2 = offset };
            opened = BpfSyscall.OpenPerfEvent(ref attributes, pid == 0 ? -1 : pid, pid == 0 ? 0 : -1);
        }
        errno = -opened;
        if (opened < 0) return null;
        SafeFileHandle perfEvent = new(opened, ownsHandle: true);
        LinkCreate create = new()
        {
            ProgramFd = (uint)program.DangerousGetHandle(),
            TargetFd = (uint)opened,
            AttachType = AttachType.PerfEvent,
            PerfCookie = cookie,
        };
        int linked = BpfSyscall.CreateLink(ref create);
        GC.KeepAlive(program);
        SafeFileHandle link = new(linked, ownsHandle: true);
        errno = -linked;
        if (linked >= 0)
        {
            if (Libc.ioctl(perfEvent, EnableRequest, 0) == 0) return new PerfEventProbe(perfEvent, link);
            errno = Marshal.GetLastPInvokeError();
        }
        link.Dispose();
        perfEvent.Dispose();
        return null;
    }

    public void Dispose()
    {
        _link.Dispose();
        _event.Dispose();
    }
}

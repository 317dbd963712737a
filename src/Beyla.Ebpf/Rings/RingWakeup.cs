using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>Sleeps until the ring's programs ask for a wake-up, another thread does, or time is up.</summary>
internal sealed unsafe class RingWakeup : IDisposable
{
    private const int NonBlocking = 0x800; // EFD_NONBLOCK

    private readonly SafeFileHandle _epoll, _call;

    public RingWakeup(BpfMap ring)
    {
        _epoll = Libc.Own(Libc.epoll_create1(Libc.CloseOnExec), "cannot create an epoll instance");
        _call = Libc.Own(Libc.eventfd(0, NonBlocking | Libc.CloseOnExec), "cannot create an eventfd");
        // Edge-triggered: otherwise epoll itself looks for records each time, and a steady trickle without wake-ups turns Wait into a busy loop.
        Add(ring.Handle, Libc.EpollIn | Libc.EpollEdge);
        Add(_call, Libc.EpollIn);
    }

    /// <returns>true: woken; false: time is up.</returns>
    public bool Wait(TimeSpan timeout)
    {
        byte* events = stackalloc byte[32]; // room for two, packed (x86-64) or not
        int milliseconds = timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);
        int count = Libc.epoll_wait(_epoll, events, 2, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() is var error and not Native.Errno.EINTR)
            throw BpfException.From("cannot wait for the ring buffer", error);
        if (count <= 0) return false;
        ulong calls;
        _ = Libc.read(_call, (byte*)&calls, sizeof(ulong)); // lowers the flag, if it is up
        return true;
    }

    public void Call()
    {
        ulong one = 1;
        _ = Libc.write(_call, (byte*)&one, sizeof(ulong));
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _call.Dispose();
    }

    private void Add(SafeHandle fd, int events)
    {
        // struct epoll_event: u32 events, u64 data (unused here); packed on x86-64 only
        byte* epollEvent = stackalloc byte[16];
        new Span<byte>(epollEvent, 16).Clear();
        *(int*)epollEvent = events;
        if (Libc.epoll_ctl(_epoll, Libc.EpollCtlAdd, fd, epollEvent) < 0)
            throw BpfException.From("cannot watch the ring buffer", Marshal.GetLastPInvokeError());
    }
}

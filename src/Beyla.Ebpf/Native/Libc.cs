using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf.Native;

/// <summary>The system calls of this room, by libc.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    public const int ProtRead = 1, ProtWrite = 2;
    public const int MapShared = 1, MapPrivate = 2, MapAnonymous = 0x20, MapNoReserve = 0x4000;
    public const int EpollCtlAdd = 1, EpollIn = 1, EpollEdge = unchecked((int)0x80000000), CloseOnExec = 0x80000;
    public const int DupFdCloseOnExec = 1030;
    public const int ClockRealtime = 0, ClockMonotonic = 1;

    [LibraryImport(Library)]
    public static partial int vsnprintf(byte* text, nuint size, byte* format, void* arguments);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint mmap(nint address, nuint length, int protection, int flags, SafeHandle fd, long offset);

    [LibraryImport(Library, SetLastError = true, EntryPoint = "mmap")]
    public static partial nint mmap_anonymous(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(Library)]
    public static partial int munmap(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int fcntl(int fd, int command, int argument);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int ioctl(SafeHandle fd, nuint request, nint argument);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint read(SafeHandle fd, byte* buffer, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint write(SafeHandle fd, byte* buffer, nuint size);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_ctl(SafeHandle epoll, int operation, SafeHandle fd, void* epollEvent);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_wait(SafeHandle epoll, void* events, int count, int milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int eventfd(uint value, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int memfd_create(string name, uint flags);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int clock_gettime(int clock, TimeSpec* time);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint process_vm_readv(int pid, Buffer* local, nuint locals, Buffer* remote, nuint remotes, nuint flags);

    [LibraryImport(Library)]
    public static partial int malloc_trim(nuint keep);

    [LibraryImport(Library)]
    public static partial int mallopt(int parameter, int value);

    [LibraryImport(Library, SetLastError = true, EntryPoint = "syscall")]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);

    /// <summary>statx(2); <paramref name="result"/> is a <c>struct statx</c> of 256 bytes.</summary>
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string path, int flags, uint mask, Span<byte> result);

    /// <summary>renameat2(2).</summary>
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int renameat2(int folder, string path, int newFolder, string newPath, uint flags);

    /// <summary><c>struct timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public nint Address;
        public nuint Length;
    }

    /// <summary>Takes ownership of a descriptor that a call returned, or throws.</summary>
    /// <param name="fd">The result: a descriptor, or negative with errno set.</param>
    /// <param name="what">What was tried, as "cannot ...".</param>
    public static SafeFileHandle Own(int fd, string what) =>
        fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw BpfException.From(what, Marshal.GetLastPInvokeError());

    /// <summary>A second descriptor for the same kernel object.</summary>
    public static SafeFileHandle Duplicate(int fd, string what) => Own(fcntl(fd, DupFdCloseOnExec, 0), what);
}

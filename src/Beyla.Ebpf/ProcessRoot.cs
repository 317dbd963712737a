using System.Runtime.InteropServices;
using System.Text;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>
/// Small files as another process sees them, in its own root. Such files belong to whoever runs that process, so links are resolved inside
/// its root (openat2(2), RESOLVE_IN_ROOT, Linux 5.6: an absolute link would otherwise lead to a file of ours), pipes and devices are not waited for.
/// </summary>
public static unsafe class ProcessRoot
{
    private const int OpenAt2 = 437, CurrentFolder = -100;                                     // the same number on every architecture; AT_FDCWD
    private const ulong PathOnly = 0x200000, CloseOnExec = 0x80000, NonBlocking = 0x800;       // O_* of asm-generic/fcntl.h
    private const ulong NoMagicLinks = 0x02, InRoot = 0x10;                                    // RESOLVE_* of linux/openat2.h

    /// <summary>Reads a file of the process with this pid as UTF-8.</summary>
    /// <param name="pid">Process id.</param>
    /// <param name="path">Absolute path, in the process' root.</param>
    /// <param name="most">Bytes of the longest file that is read.</param>
    /// <returns>Its text; null when it cannot be read, is no regular file or is longer.</returns>
    public static string? TryReadText(int pid, string path, int most)
    {
        using SafeFileHandle? root = Open(CurrentFolder, $"/proc/{pid}/root", PathOnly, resolve: 0);
        if (root is null) return null;
        using SafeFileHandle? file = Open((int)root.DangerousGetHandle(), path, NonBlocking, InRoot | NoMagicLinks);
        if (file is null || !IsRegular(file)) return null;
        try
        {
            byte[] bytes = new byte[most + 1];
            int length = RandomAccess.Read(file, bytes, 0);
            return length > most ? null : Encoding.UTF8.GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsRegular(SafeFileHandle file)
    {
        const int emptyPath = 0x1000, typeOnly = 1, modeAt = 28, typeMask = 0xf000, regular = 0x8000; // AT_EMPTY_PATH, STATX_TYPE, stx_mode, S_IFMT, S_IFREG
        Span<byte> result = stackalloc byte[256];
        return Libc.statx((int)file.DangerousGetHandle(), "", emptyPath, typeOnly, result) == 0 && (BitConverter.ToUInt16(result[modeAt..]) & typeMask) == regular;
    }

    private static SafeFileHandle? Open(int folder, string path, ulong flags, ulong resolve)
    {
        OpenHow how = new() { Flags = flags | CloseOnExec, Resolve = resolve };
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* start = name)
        {
            nint fd = Libc.syscall(OpenAt2, folder, (nint)start, (nint)(&how), sizeof(OpenHow), 0);
            return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
        }
    }

    /// <summary><c>struct open_how</c> of linux/openat2.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }
}

using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>What the kernel knows of files and .NET does not tell.</summary>
public static class KernelFiles
{
    private const int WorkingFolder = -100, DoNotFollow = 0x100; // AT_FDCWD, AT_SYMLINK_NOFOLLOW
    private const uint Exchanged = 2;                             // RENAME_EXCHANGE
    private const uint WantsUid = 8;                              // STATX_UID
    private const int StatxBytes = 256, UidAt = 20;               // struct statx, include/uapi/linux/stat.h

    /// <summary>The effective user of this process.</summary>
    public static uint Self { get; } = Owner("/proc/self/");

    /// <summary>The user that a file, folder or link belongs to.</summary>
    /// <exception cref="IOException">It cannot be asked for.</exception>
    public static uint Owner(string path)
    {
        Span<byte> result = stackalloc byte[StatxBytes];
        return Libc.statx(WorkingFolder, path, DoNotFollow, WantsUid, result) == 0
            ? BitConverter.ToUInt32(result[UidAt..])
            : throw new IOException($"the owner of {path} cannot be told: {Errno.Explain(Marshal.GetLastPInvokeError())}.");
    }

    /// <summary>Puts each of two files or folders in the place of the other, in one step that nobody can see half done (renameat2(2)).</summary>
    /// <exception cref="IOException">The file system cannot do that, or one of them is missing.</exception>
    public static void Exchange(string first, string second)
    {
        if (Libc.renameat2(WorkingFolder, first, WorkingFolder, second, Exchanged) != 0)
            throw new IOException($"{first} and {second} cannot change places: {Errno.Explain(Marshal.GetLastPInvokeError())}.");
    }
}

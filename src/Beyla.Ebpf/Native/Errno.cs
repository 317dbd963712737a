using System.Runtime.InteropServices;
using System.Text;

namespace Beyla.Ebpf.Native;

/// <summary>Error numbers in words.</summary>
internal static unsafe class Errno
{
    public const int EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, E2BIG = 7, EBADF = 9, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EBUSY = 16,
        EEXIST = 17, ENODEV = 19, EINVAL = 22, ENFILE = 23, EMFILE = 24, ENOSPC = 28, EOPNOTSUPP = 95, ENOTSUPP = 524;

    private const int LibbpfFirst = 4000; // libbpf.h: __LIBBPF_ERRNO__START

    /// <summary>What went wrong and what to do, as the end of a sentence: "the kernel refused it (EPERM): ...".</summary>
    public static string Explain(int errno) => errno switch
    {
        EPERM or EACCES => $"the kernel refused it ({Name(errno)}): {Refusal()}",
        ENOENT => "what it is to be attached to does not exist in this kernel or file system (ENOENT)",
        ESRCH => "the process has ended (ESRCH)",
        EINVAL => "the kernel does not accept these arguments (EINVAL): it may be too old for this kind of program, map or link",
        E2BIG => "the kernel's limit on its size is exceeded (E2BIG): the map is full or the program too long",
        ENOMEM => "the kernel has no memory for it (ENOMEM): free some, or raise the memory or locked-memory limit (ulimit -l)",
        EMFILE or ENFILE => $"no file descriptor is left ({Name(errno)}): raise the limit (ulimit -n)",
        EBUSY => "the kernel object is in use by something else (EBUSY): try again",
        ENODEV or EOPNOTSUPP or ENOTSUPP => $"this kernel does not support it ({Name(errno)})",
        >= LibbpfFirst => $"libbpf says: {LibbpfText(errno)} (error {errno})",
        _ => $"{Marshal.GetPInvokeErrorMessage(errno)} ({Name(errno)})",
    };

    /// <summary>The symbolic name, or "errno N".</summary>
    public static string Name(int errno) => errno switch
    {
        EPERM => "EPERM", ENOENT => "ENOENT", ESRCH => "ESRCH", EINTR => "EINTR", E2BIG => "E2BIG", EBADF => "EBADF", EAGAIN => "EAGAIN",
        ENOMEM => "ENOMEM", EACCES => "EACCES", EBUSY => "EBUSY", EEXIST => "EEXIST", ENODEV => "ENODEV", EINVAL => "EINVAL",
        ENFILE => "ENFILE", EMFILE => "EMFILE", ENOSPC => "ENOSPC", EOPNOTSUPP => "EOPNOTSUPP", ENOTSUPP => "ENOTSUPP",
        _ => $"errno {errno}",
    };

    private static string Refusal()
    {
        string missing = Capabilities.MissingForBpf();
        return missing.Length > 0
            ? $"{missing} missing; run as root or grant it"
            : "the capabilities are there, so the kernel's lockdown mode, a security module or its configuration forbids it";
    }

    private static string LibbpfText(int errno)
    {
        byte* text = stackalloc byte[256];
        _ = Libbpf.libbpf_strerror(errno, text, 256);
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
    }
}

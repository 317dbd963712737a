using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>
/// Memory of a running process, read without stopping it (process_vm_readv(2)). Needs the rights of ptrace: the same user, or CAP_SYS_PTRACE.
/// </summary>
public static unsafe class ProcessMemory
{
    /// <summary>Objects that one system call reads; IOV_MAX of Linux is 1024.</summary>
    private const int Largest = 512;

    private const int Gone = 3 /* ESRCH */, NotMapped = 14 /* EFAULT */;

    /// <summary>Reads all the bytes at an address; false when they are not all there, or the process has ended.</summary>
    /// <exception cref="BpfException">The kernel does not allow it.</exception>
    public static bool TryRead(int pid, ulong address, Span<byte> to) => ReadEach(pid, [address], to.Length, to) == 1;

    /// <summary>Reads objects of one size, one after the other.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="addresses">Where the objects are.</param>
    /// <param name="size">Bytes of each.</param>
    /// <param name="to">Room for all of them.</param>
    /// <returns>How many were read: all, or those before the first that is not there.</returns>
    /// <exception cref="BpfException">The kernel does not allow it.</exception>
    public static int ReadEach(int pid, ReadOnlySpan<ulong> addresses, int size, Span<byte> to)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)addresses.Length * size, to.Length, nameof(addresses));
        Libc.Buffer* remote = stackalloc Libc.Buffer[Math.Min(addresses.Length, Largest)];
        for (int done = 0; done < addresses.Length; done += Largest)
        {
            int count = Math.Min(addresses.Length - done, Largest);
            for (int i = 0; i < count; i++) remote[i] = new() { Address = (nint)addresses[done + i], Length = (nuint)size };
            int read = Read(pid, to.Slice(done * size, count * size), remote, count) / size;
            if (read < count) return done + read;
        }
        return addresses.Length;
    }

    private static int Read(int pid, Span<byte> to, Libc.Buffer* remote, int count)
    {
        fixed (byte* start = to)
        {
            Libc.Buffer local = new() { Address = (nint)start, Length = (nuint)to.Length };
            nint read = Libc.process_vm_readv(pid, &local, 1, remote, (nuint)count, 0);
            if (read >= 0) return (int)read;
        }
        int error = Marshal.GetLastPInvokeError();
        return error is Gone or NotMapped ? 0 : throw BpfException.From($"cannot read the memory of process {pid}", error);
    }
}

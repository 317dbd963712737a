using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>A program of SEC("iter/...") that the kernel runs over all its objects (tasks' files, say), each time it is asked to.</summary>
public sealed unsafe class BpfIterator : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly BpfProgram _program;
    private readonly SafeFileHandle _link;

    private BpfIterator(BpfProgram program, SafeFileHandle link) => (_program, _link) = (program, link);

    /// <summary>Prepares runs of a program.</summary>
    /// <param name="program">A program of SEC("iter/...").</param>
    /// <param name="pid">For iter/task, task_file and task_vma: only this process (Linux 6.1); 0: all.</param>
    /// <exception cref="BpfException">It is no iterator, or the kernel refused.</exception>
    public static BpfIterator Attach(BpfProgram program, int pid = 0)
    {
        if (program.AttachType != AttachType.TraceIterator)
            throw new BpfException($"{program} is no iterator: it stands in SEC(\"{program.Section}\").");
        return new BpfIterator(program, Link(program.Handle, pid, $"cannot attach {program} to {program.Section}"));
    }

    /// <summary>Runs once over everything and returns what the program wrote with bpf_seq_write.</summary>
    /// <exception cref="BpfException">The run failed.</exception>
    public byte[] Run() => Read(_link, $"cannot run {_program}");

    /// <summary>Runs once and returns the records, all of type <typeparamref name="T"/>, that the program wrote.</summary>
    /// <exception cref="BpfException">The run failed, or the output is no multiple of the record's size.</exception>
    public T[] Run<T>() where T : unmanaged
    {
        byte[] output = Run();
        if (output.Length % sizeof(T) != 0)
            throw new BpfException($"{_program} wrote {output.Length} bytes, no multiple of the {sizeof(T)} of {typeof(T).Name}: they were built from different sources.");
        return MemoryMarshal.Cast<byte, T>(output).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    internal static SafeFileHandle Link(SafeFileHandle program, int pid, string what)
    {
        IteratorTask task = new() { ProcessId = (uint)pid };
        LinkCreate attributes = new() { ProgramFd = (uint)program.DangerousGetHandle(), AttachType = AttachType.TraceIterator };
        if (pid != 0)
        {
            attributes.IteratorInfo = (ulong)&task;
            attributes.IteratorInfoLength = (uint)sizeof(IteratorTask);
        }
        int fd = BpfSyscall.CreateLink(ref attributes);
        GC.KeepAlive(program);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw BpfException.From(what, -fd);
    }

    internal static byte[] Read(SafeFileHandle link, string what)
    {
        int fd = Libbpf.bpf_iter_create(link);
        if (fd < 0) throw BpfException.From(what, -fd);
        using SafeFileHandle run = new(fd, ownsHandle: true);
        byte[] output = new byte[ChunkBytes];
        int length = 0;
        while (true)
        {
            nint read;
            fixed (byte* at = output) read = Libc.read(run, at + length, (nuint)(output.Length - length));
            if (read == 0) return output[..length];
            if (read > 0) length += (int)read;
            else if (Marshal.GetLastPInvokeError() is var error and not (Native.Errno.EINTR or Native.Errno.EAGAIN)) throw BpfException.From(what, error);
            if (output.Length - length < ChunkBytes / 2) Array.Resize(ref output, output.Length * 2);
        }
    }
}

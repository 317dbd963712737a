using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>A file in memory for trial uprobes: nobody maps it, so no process gets a breakpoint.</summary>
internal sealed unsafe class ProbeFile : IDisposable
{
    private const byte Nop = 0x90;
    private const int Bytes = 4096;

    private readonly SafeFileHandle _file = Libc.Own(Libc.memfd_create("beyla-feature", flags: 1), "cannot create a file in memory"); // MFD_CLOEXEC

    public ProbeFile()
    {
        byte* code = stackalloc byte[Bytes];
        new Span<byte>(code, Bytes).Fill(Nop);
        if (Libc.write(_file, code, Bytes) != Bytes) throw BpfException.From("cannot write to a file in memory", Marshal.GetLastPInvokeError());
    }

    public string Path => $"/proc/self/fd/{_file.DangerousGetHandle()}";

    public void Dispose() => _file.Dispose();
}

using System.Runtime.InteropServices;
using System.Text;
using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>
/// A log buffer for each program of a load. The kernel writes only into that of a program it rejects, so the pages of the others are
/// never touched.
/// </summary>
internal sealed unsafe class VerifierLogs : IDisposable
{
    private const int BytesEach = 8 * 1024 * 1024; // virtual; logs of large programs have megabytes

    private readonly IReadOnlyList<(string Name, nint Program)> _programs;
    private readonly nint _memory;

    public VerifierLogs(IReadOnlyList<(string Name, nint Program)> programs)
    {
        _programs = programs;
        if (programs.Count == 0) return;
        _memory = Libc.mmap_anonymous(0, Length, Libc.ProtRead | Libc.ProtWrite, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (_memory == -1) throw BpfException.From("cannot map memory for the verifier's logs", Marshal.GetLastPInvokeError());
        for (int i = 0; i < programs.Count; i++) _ = Libbpf.bpf_program__set_log_buf(programs[i].Program, Buffer(i), BytesEach);
    }

    /// <summary>The program that the verifier rejected, with its log.</summary>
    public (string Program, string Log)? Rejected()
    {
        for (int i = 0; i < _programs.Count; i++)
        {
            if (*Buffer(i) != 0) return (_programs[i].Name, Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(Buffer(i))));
        }
        return null;
    }

    /// <summary>What the kernel wrote about the first program, empty: nothing.</summary>
    public string First => _programs.Count == 0 ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(Buffer(0)));

    public void Dispose()
    {
        if (_programs.Count == 0) return;
        foreach ((_, nint program) in _programs) _ = Libbpf.bpf_program__set_log_buf(program, null, 0);
        _ = Libc.munmap(_memory, Length);
    }

    private nuint Length => (nuint)_programs.Count * BytesEach;

    private byte* Buffer(int index) => (byte*)_memory + (nint)index * BytesEach;
}

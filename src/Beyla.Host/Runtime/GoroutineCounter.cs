using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Beyla.Ebpf;

namespace Beyla.Host.Runtime;

/// <summary>
/// Counts the goroutines of processes of one executable as <c>runtime.NumGoroutine</c> does: the living ones, without the runtime's own. The one that
/// runs finalizers counts as the runtime's, also while it runs one. Cost: a system call for each 256 goroutines that there ever were at a time. Not
/// thread-safe.
/// </summary>
/// <param name="functionAt">The name of the function at a link-time address; null outside of Go code.</param>
internal sealed class GoroutineCounter(Func<ulong, string?> functionAt)
{
    private const int Chunk = 256;

    /// <summary>runtime/runtime2.go: _Gidle, _Gdead, _Gdeadextra (of threads that C made; Go 1.26), and the bit _Gscan.</summary>
    private const uint Idle = 0, Dead = 6, DeadExtra = 11, Scan = 0x1000;

    private readonly Dictionary<ulong, bool> _areRuntimes = [];
    private readonly ulong[] _chunk = new ulong[Chunk];
    private byte[] _goroutines = [];

    /// <summary>The number; null when the layout or the process does not tell.</summary>
    /// <exception cref="BpfException">The kernel does not allow reading the process.</exception>
    public long? Count(int pid, ulong bias, GoRuntimeLayout layout)
    {
        if (layout is not { AllGLen: { } lengthAt, AllGPtr: { } arrayAt, Status: { } status, Start: { } start }) return null;
        // The length first: the array behind the pointer is at least that long (runtime/proc.go, allgadd).
        if (Word(pid, lengthAt + bias) is not { } length || Word(pid, arrayAt + bias) is not { } array) return null;
        int first = Math.Min(status, start), size = Math.Max(status, start) + sizeof(ulong) - first;
        if (_goroutines.Length < Chunk * size) _goroutines = new byte[Chunk * size];

        long count = 0;
        for (ulong done = 0; done < length; done += Chunk)
        {
            Span<ulong> some = _chunk.AsSpan(0, (int)Math.Min(length - done, Chunk));
            if (!ProcessMemory.TryRead(pid, array + (done * sizeof(ulong)), MemoryMarshal.AsBytes(some))) return null;
            for (int i = 0; i < some.Length; i++) some[i] += (ulong)first;
            if (ProcessMemory.ReadEach(pid, some, size, _goroutines) < some.Length) return null;
            for (int i = 0; i < some.Length; i++)
            {
                ReadOnlySpan<byte> g = _goroutines.AsSpan(i * size, size);
                if (IsAlive(BinaryPrimitives.ReadUInt32LittleEndian(g[(status - first)..]))
                    && !IsRuntimes(BinaryPrimitives.ReadUInt64LittleEndian(g[(start - first)..]) - bias))
                    count++;
            }
        }
        return count;
    }

    private static bool IsAlive(uint status) => (status & ~Scan) is not (Idle or Dead or DeadExtra);

    /// <summary>runtime/traceback.go, isSystemGoroutine.</summary>
    private bool IsRuntimes(ulong start)
    {
        if (_areRuntimes.TryGetValue(start, out bool known)) return known;
        string? name = functionAt(start);
        return _areRuntimes[start] = name?.StartsWith("runtime.", StringComparison.Ordinal) == true
            && name is not ("runtime.main" or "runtime.corostart" or "runtime.handleAsyncEvent");
    }

    private static ulong? Word(int pid, ulong address)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        return ProcessMemory.TryRead(pid, address, word) ? BinaryPrimitives.ReadUInt64LittleEndian(word) : null;
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Beyla.Ebpf;
using Beyla.Elf;
using Beyla.Host.Attachment;

namespace Beyla.Host.Runtime;

/// <summary>
/// Reads the state of a Go runtime out of a running program's memory, which costs the program nothing: no probe, no stop. Values of one sample are
/// read one after the other. Not thread-safe.
/// </summary>
internal sealed class GoRuntimeReader : IDisposable
{
    private readonly int _pid;
    private readonly ulong _bias;
    private readonly ElfFile _elf;
    private readonly GoRuntimeLayout _layout;
    private readonly GoroutineCounter _goroutines;

    private GoRuntimeReader(int pid, ulong bias, ElfFile elf, GoBinary go)
    {
        (_pid, _bias, _elf) = (pid, bias, elf);
        _layout = GoRuntimeLayout.Of(go);
        _goroutines = new GoroutineCounter(go.FunctionNameAt);
    }

    /// <summary>The fields from heapInUse on: runtime/mgcpacer.go, type gcControllerState.</summary>
    private enum Heap { InUse, Released, Free, TotalAlloc, TotalFree, MappedReady, Count }

    /// <summary>Inspects the executable of a process; null when it is no Go program.</summary>
    /// <exception cref="IOException">The process is gone.</exception>
    /// <exception cref="ElfException">Its executable contradicts itself.</exception>
    public static GoRuntimeReader? TryOpen(int pid)
    {
        ElfFile elf = ElfFile.Open($"/proc/{pid}/exe");
        try
        {
            if (GoBinary.TryRead(elf) is { } go)
            {
                ExecutableMapping mapping = ExecutableMapping.Read(pid);
                return new(pid, mapping.Start - mapping.FileOffset - ExecutableInspector.BaseAddressOf(elf), elf, go);
            }
        }
        catch
        {
            elf.Dispose();
            throw;
        }
        elf.Dispose();
        return null;
    }

    /// <summary>One sample; all values are null when the process has ended.</summary>
    /// <exception cref="BpfException">The kernel does not allow reading the process.</exception>
    public GoRuntimeSample Read()
    {
        Span<ulong> heap = stackalloc ulong[(int)Heap.Count];
        bool hasHeap = TryRead(_layout.HeapInUse, MemoryMarshal.AsBytes(heap));
        return new()
        {
            Goroutines = _goroutines.Count(_pid, _bias, _layout),
            Processors = Int32(_layout.MaxProcs),
            GcPercent = Int32(_layout.Controller),
            MemoryLimit = Int64(_layout.Controller + sizeof(ulong)),
            MemoryUsed = hasHeap ? (long)heap[(int)Heap.MappedReady] : null,
            HeapInUse = hasHeap ? (long)heap[(int)Heap.InUse] : null,
            Allocated = hasHeap ? (long)heap[(int)Heap.TotalAlloc] : null,
            Collections = Int32(_layout.CollectionCount),
            Paused = Int64(_layout.PauseTotal) is { } ns ? TimeSpan.FromTicks(ns / TimeSpan.NanosecondsPerTick) : null,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _elf.Dispose();

    private long? Int64(ulong? variable)
    {
        Span<byte> word = stackalloc byte[sizeof(long)];
        return TryRead(variable, word) ? BinaryPrimitives.ReadInt64LittleEndian(word) : null;
    }

    private int? Int32(ulong? variable)
    {
        Span<byte> word = stackalloc byte[sizeof(int)];
        return TryRead(variable, word) ? BinaryPrimitives.ReadInt32LittleEndian(word) : null;
    }

    private bool TryRead(ulong? variable, Span<byte> to) => variable is { } address && ProcessMemory.TryRead(_pid, address + _bias, to);
}

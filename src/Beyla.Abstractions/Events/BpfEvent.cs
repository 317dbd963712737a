using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla;

/// <summary>One record of the events ring, valid only during <see cref="ITracer.Decode"/>: it lies in memory shared with the kernel.</summary>
/// <param name="record">The whole record; it starts with an <see cref="EventHeader"/>.</param>
public readonly ref struct BpfEvent(ReadOnlySpan<byte> record)
{
    /// <summary>The whole record, header included.</summary>
    public ReadOnlySpan<byte> Record { get; } = record;

    /// <summary>The header.</summary>
    public ref readonly EventHeader Header => ref Payload<EventHeader>();

    /// <summary>
    /// The record as the event struct <typeparamref name="T"/>, header included. The layout was compared with the object's BTF at load
    /// (<see cref="BpfStructAttribute"/>); the length is checked here.
    /// </summary>
    /// <exception cref="ArgumentException">The record is shorter than <typeparamref name="T"/>.</exception>
    public ref readonly T Payload<T>() where T : unmanaged
    {
        if (Record.Length < Unsafe.SizeOf<T>()) ThrowTooShort<T>(Record.Length);
        return ref MemoryMarshal.AsRef<T>(Record);
    }

    private static void ThrowTooShort<T>(int length) => throw new ArgumentException(
        $"the record has {length} bytes, {typeof(T).Name} needs {Unsafe.SizeOf<T>()}: the BPF object and the plugin were built from different sources.");
}

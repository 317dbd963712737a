using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Beyla.Host.Commands.Trace;

/// <summary>One record of bpf/function_trace.bpf.c (<c>struct trace_call</c>). Valid as long as its bytes are.</summary>
internal readonly ref struct TraceCall
{
    /// <summary>Bytes of the struct.</summary>
    public const int Bytes = ValuesAt + (ValueBytes * (TracePlan.Arguments + TracePlan.Results));

    private const int ValuesAt = 80, ValueBytes = 160, TextAt = 32, TextMax = 128;
    private readonly ReadOnlySpan<byte> _record;

    /// <exception cref="InvalidDataException">The record is too short.</exception>
    public TraceCall(ReadOnlySpan<byte> record) => _record = record.Length >= Bytes ? record : throw new InvalidDataException("a record of the trace is too short");

    /// <summary>Times, process (the pid), execution (the goroutine or thread).</summary>
    public EventHeader Header => MemoryMarshal.Read<EventHeader>(_record);

    /// <summary>A value; results follow the arguments.</summary>
    public RecordedValue Value(int index)
    {
        ReadOnlySpan<byte> value = _record.Slice(ValuesAt + (ValueBytes * index), ValueBytes);
        int length = Math.Min(TextMax, (int)BinaryPrimitives.ReadUInt32LittleEndian(value[24..]));
        return new RecordedValue(
            BinaryPrimitives.ReadUInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[8..]), BinaryPrimitives.ReadUInt64LittleEndian(value[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(value[28..]) != 0, value.Slice(TextAt, length).ToArray());
    }
}

/// <summary>A value as it was read.</summary>
/// <param name="First">First word.</param>
/// <param name="Second">Second word.</param>
/// <param name="Type">Of an interface: run-time address of the concrete type's descriptor.</param>
/// <param name="Known">It was read.</param>
/// <param name="Text">The text, cut where it was too long.</param>
internal readonly record struct RecordedValue(ulong First, ulong Second, ulong Type, bool Known, byte[] Text);

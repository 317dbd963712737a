using System.Runtime.InteropServices;

namespace Beyla;

/// <summary>
/// The first 72 bytes of every ring-buffer record (<c>struct event_header</c> in <c>bpf/include/beyla/event.h</c>). Every event struct starts
/// with a field <c>Header</c> of this type. Times are CLOCK_MONOTONIC in ns; ids are zero where the BPF side knows none.
/// </summary>
[BpfStruct("event_header")]
[StructLayout(LayoutKind.Sequential)]
public struct EventHeader
{
    /// <summary>The tracer's id in this run of the host.</summary>
    public ushort Tracer;

    /// <summary>The tracer's own event kind.</summary>
    public ushort Kind;

    /// <summary>Flags, see <see cref="EventFlags"/>.</summary>
    public EventFlags Flags;

    /// <summary>The host's handle of the process the event came from; never reused in a run of the host.</summary>
    public uint Process;

    /// <summary>Kernel thread id of the thread that ran the probe, in the initial PID namespace. Only for display.</summary>
    public uint Thread;

    /// <summary>The execution key: goroutine id for Go, thread id otherwise.</summary>
    public ulong Execution;

    /// <summary>Start of what the event tells, ns.</summary>
    public ulong Start;

    /// <summary>End of what the event tells, ns.</summary>
    public ulong End;

    /// <summary>Trace id, zero for "host, make one".</summary>
    public TraceId TraceId;

    /// <summary>Span id, zero for "host, make one".</summary>
    public SpanId SpanId;

    /// <summary>Parent span id, zero for none.</summary>
    public SpanId ParentId;
}

/// <summary>Flags of <see cref="EventHeader"/>.</summary>
[Flags]
public enum EventFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The parent (if any) was marked as sampled; a trace that began in this process always is.</summary>
    Sampled = 1,

    /// <summary>The trace came with a request, whose server span has its parent in another process. Calls made for that request carry the flag, too.</summary>
    RemoteParent = 2,
}

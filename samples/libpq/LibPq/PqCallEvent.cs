using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LibPq;

/// <summary>One call; <c>struct pq_call_event</c> in libpq.bpf.c. The host compares both when it loads the tracer.</summary>
[BpfStruct("pq_call_event")]
[StructLayout(LayoutKind.Sequential)]
internal struct PqCallEvent
{
    public const ushort Kind = 1;
    public const int TextMax = 512;

    public EventHeader Header;

    /// <summary>ExecStatusType of libpq-fe.h, or one of <see cref="PqStatus"/>'s negative values.</summary>
    public PqStatus Status;

    public ushort TextLength;
    public PqCallKind Call;
    public byte Unused;
    public TextChars Text;

    [InlineArray(TextMax)]
    public struct TextChars { private byte _first; }
}

/// <summary>What was called.</summary>
internal enum PqCallKind : byte
{
    /// <summary>The text is the statement.</summary>
    Statement = 1,

    /// <summary>The text is the statement that is prepared.</summary>
    Prepare,

    /// <summary>The text is the name of the prepared statement.</summary>
    Prepared,
}

/// <summary>How a call ended: <c>ExecStatusType</c> of libpq-fe.h, as far as it is an error.</summary>
internal enum PqStatus
{
    NoResult = -2,
    Unknown = -1,
    BadResponse = 5,
    FatalError = 7,
    PipelineAborted = 11,
}

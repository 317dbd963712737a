namespace Beyla.Host.Attachment;

/// <summary>What programs must know of a process beside its slots: <c>ATTACHMENT_*</c> in bpf/include/beyla/attachment.h.</summary>
[Flags]
internal enum AttachmentFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Some tracer publishes server spans of this process, so calls look for their parent.</summary>
    Serves = 1,

    /// <summary>Go maps are swiss tables.</summary>
    SwissMaps = 2,

    /// <summary>Incoming <c>traceparent</c> is read.</summary>
    TraceContext = 4,

    /// <summary>Incoming <c>b3</c> and <c>X-B3-*</c> are read.</summary>
    B3 = 8,
}

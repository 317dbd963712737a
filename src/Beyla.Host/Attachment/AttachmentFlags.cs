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

internal static class Propagation
{
    /// <summary>What the propagators of these names read; <c>none</c> switches all off (OpenTelemetry's environment variables, OTEL_PROPAGATORS).</summary>
    public static AttachmentFlags Of(IReadOnlyList<string> propagators) => propagators.Contains("none")
        ? AttachmentFlags.None
        : propagators.Aggregate(AttachmentFlags.None, (flags, name) => flags | name switch
        {
            "tracecontext" => AttachmentFlags.TraceContext,
            "b3" or "b3multi" => AttachmentFlags.B3, // whoever reads one form must read the other (OpenTelemetry specification, B3 requirements)
            _ => AttachmentFlags.None,
        });
}

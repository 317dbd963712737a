using System.Buffers.Binary;
using Beyla.Host.Configuration;

namespace Beyla.Host.Spans.Sampling;

/// <summary>
/// Decides which spans are exported, as OpenTelemetry's built-in samplers do. Parts of the same trace get the same answer in every process, from the
/// trace id or from what the caller decided.
/// </summary>
internal sealed class TraceSampler(SamplerOptions options)
{
    private readonly bool _parentBased = options.Name >= SamplerName.ParentBasedAlwaysOn;

    /// <summary>Trace ids whose lower 63 bits are below are sampled.</summary>
    private readonly ulong _bound = options.Name switch
    {
        SamplerName.AlwaysOn or SamplerName.ParentBasedAlwaysOn => Bound(1),
        SamplerName.AlwaysOff or SamplerName.ParentBasedAlwaysOff => Bound(0),
        _ => Bound(options.Argument),
    };

    /// <summary>Whether the span is exported.</summary>
    /// <param name="span">With its trace id.</param>
    public bool Samples(Span span) =>
        // In a trace that began in this process the parent, if any, got the same answer: it has the same trace id. The flag of such spans says
        // nothing, the BPF side does not sample.
        _parentBased && (span.Flags & EventFlags.RemoteParent) != 0 ? (span.Flags & EventFlags.Sampled) != 0 : SamplesRoot(span.TraceId);

    /// <summary>By the last eight bytes of the trace id as a big-endian number, as the SDK for Go does it (sdk/trace, traceIDRatioSampler).</summary>
    private bool SamplesRoot(TraceId trace) => BinaryPrimitives.ReverseEndianness(trace.Second) >> 1 < _bound;

    private static ulong Bound(double ratio) => ratio >= 1 ? ulong.MaxValue : (ulong)(Math.Max(ratio, 0) * (1UL << 63));
}

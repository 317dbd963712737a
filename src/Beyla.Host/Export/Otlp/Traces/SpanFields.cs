using System.Runtime.InteropServices;
using Beyla.Host.Export.Otlp.Wire;

namespace Beyla.Host.Export.Otlp.Traces;

/// <summary>A span as a field of ScopeSpans (opentelemetry-proto, trace.proto).</summary>
internal static class SpanFields
{
    /// <summary>Number of the field <c>spans</c> in ScopeSpans.</summary>
    private const int Spans = 2;

    private const int TraceIdField = 1, SpanIdField = 2, ParentField = 4, Name = 5, Kind = 6, Start = 7, End = 8, Attributes = 9,
        DroppedAttributes = 10, Status = 15, Flags = 16;
    private const int StatusMessage = 2, StatusCode = 3; // Status

    /// <summary>SpanFlags: what is exported was sampled (W3C trace flags), and whether the parent is remote is known.</summary>
    private const uint Sampled = 0x01, RemoteIsKnown = 0x100, Remote = 0x200;

    /// <summary>Writes the span; allocates nothing.</summary>
    /// <param name="to">The scope's message.</param>
    /// <param name="span">The span.</param>
    /// <param name="wallOffset">Add to CLOCK_MONOTONIC ns to get Unix ns.</param>
    /// <param name="attributeLimit">More attributes than that are left out and counted in the span.</param>
    public static void Span(this ProtobufWriter to, Span span, long wallOffset, int attributeLimit)
    {
        int message = to.Open(Spans);
        TraceId trace = span.TraceId;
        to.Bytes(TraceIdField, MemoryMarshal.AsBytes(new ReadOnlySpan<TraceId>(in trace)));
        to.Id(SpanIdField, span.SpanId);
        if (!span.ParentId.IsEmpty) to.Id(ParentField, span.ParentId);
        if (!span.Name.IsEmpty) to.Text(Name, span.Name);
        to.Varint(Kind, (uint)span.Kind);
        to.Fixed64(Start, span.StartTime + (ulong)wallOffset);
        to.Fixed64(End, span.EndTime + (ulong)wallOffset);
        int kept = Math.Min(span.AttributeCount, attributeLimit);
        for (int i = 0; i < kept; i++) to.Attribute(Attributes, span.AttributeAt(i));
        if (kept < span.AttributeCount) to.Varint(DroppedAttributes, (uint)(span.AttributeCount - kept));
        WriteStatus(to, span);
        to.Fixed32(Flags, FlagsOf(span));
        to.Close(message);
    }

    private static void Id(this ProtobufWriter to, int field, SpanId id) => to.Bytes(field, MemoryMarshal.AsBytes(new ReadOnlySpan<SpanId>(in id)));

    private static void WriteStatus(ProtobufWriter to, Span span)
    {
        if (span.Status == SpanStatus.Unset) return;
        int status = to.Open(Status);
        if (!span.StatusMessage.IsEmpty) to.Text(StatusMessage, span.StatusMessage);
        to.Varint(StatusCode, (uint)span.Status);
        to.Close(status);
    }

    /// <summary>The parent of what serves came with the request or message; that of anything else is a span of the same process.</summary>
    private static uint FlagsOf(Span span) =>
        Sampled | RemoteIsKnown | (span.Kind is SpanKind.Server or SpanKind.Consumer && !span.ParentId.IsEmpty ? Remote : 0);
}

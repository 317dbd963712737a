namespace Beyla;

/// <summary>What a tracer hands its spans to.</summary>
public interface ISpanWriter
{
    /// <summary>
    /// Starts a span from an event: ids, start, end and process come from its header. The span is a reused object: set attributes, call
    /// <see cref="Span.End"/>, and do not keep it. Without <see cref="Span.End"/> nothing is exported.
    /// </summary>
    Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e);

    /// <summary>Counts an event that gives no span, by reason: nothing disappears silently.</summary>
    /// <param name="reason">A short constant such as <c>half-seen</c>; it becomes a label, so do not build it from data.</param>
    void Drop(string reason);
}

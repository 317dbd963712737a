namespace Beyla.Host.Spans;

/// <summary>Something that takes finished spans: a printer, an exporter, metrics. Called on the pump's thread; must not keep the span.</summary>
internal interface ISpanSink
{
    /// <summary>Takes one span.</summary>
    /// <param name="span">Valid only during the call.</param>
    /// <param name="context">Whose span it is.</param>
    void Write(Span span, in SpanContext context);

    /// <summary>Writes out what is buffered; called after each drain of the ring.</summary>
    void Flush();
}

/// <summary>What the host knows about a span beside its own data.</summary>
/// <param name="Tracer">Name of the tracer.</param>
/// <param name="Process">The process.</param>
/// <param name="WallOffset">Add to CLOCK_MONOTONIC ns to get Unix ns.</param>
internal readonly record struct SpanContext(string Tracer, TracedProcess Process, long WallOffset)
{
    /// <summary>Whether the span is exported unless a filter drops it: metrics see every span, but link to sampled ones only.</summary>
    public bool Sampled { get; init; } = true;
}

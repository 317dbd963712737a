using Beyla.Host.Spans;

namespace Beyla.Host.Identity.OwnTelemetry;

/// <summary>Keeps spans of processes that export <paramref name="signal"/> themselves from a sink of that signal.</summary>
internal sealed class ExceptOwnSignals(ISpanSink sink, Signals signal) : ISpanSink, IDisposable
{
    /// <inheritdoc/>
    public void Write(Span span, in SpanContext context)
    {
        if ((context.Process.OwnSignals & signal) == Signals.None) sink.Write(span, context);
    }

    /// <inheritdoc/>
    public void Flush() => sink.Flush();

    /// <inheritdoc/>
    public void Dispose() => (sink as IDisposable)?.Dispose();
}

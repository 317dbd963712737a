namespace Beyla.Host.Tests.Plugins;

/// <summary>Keeps the reason for which a tracer dropped an event.</summary>
internal sealed class DropRecorder : ISpanWriter
{
    public string? Reason { get; private set; }

    public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => throw new InvalidOperationException("the test plugins begin no span");

    public void Drop(string reason) => Reason = reason;
}

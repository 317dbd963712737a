using Beyla.Host.Attachment;
using Beyla.Host.Spans;

namespace Beyla.Host.Events;

/// <summary>What one tracer writes its spans to: a single reused span, its process looked up when it ends.</summary>
internal sealed class TracerSpanWriter : ISpanWriter
{
    private readonly string _tracer;
    private readonly TracedProcesses _processes;
    private readonly SpanPipeline _pipeline;
    private readonly LossLedger _losses;
    private readonly Span _span;

    public TracerSpanWriter(string tracer, TracedProcesses processes, SpanPipeline pipeline, LossLedger losses)
    {
        (_tracer, _processes, _pipeline, _losses) = (tracer, processes, pipeline, losses);
        _span = new Span(Take);
    }

    public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => _span.Reset(kind, family, e.Header);

    public void Drop(string reason) => _losses.Count(_tracer, reason);

    private void Take(Span span)
    {
        if (_processes.TryGet(span.Process, out TracedProcess? process)) _pipeline.Process(span, _tracer, process);
        else _losses.Count(_tracer, LossReason.UnknownProcess);
    }
}

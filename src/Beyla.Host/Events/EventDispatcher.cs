using System.Runtime.CompilerServices;
using Beyla.Host.Attachment;
using Beyla.Host.Spans;

namespace Beyla.Host.Events;

/// <summary>Hands each record to the tracer that its header names, and the tracer's spans to the pipeline. Counts what it cannot place.</summary>
internal sealed class EventDispatcher(
    IReadOnlyList<ITracer> tracers, TracedProcesses processes, SpanPipeline pipeline, LossLedger losses, EventRecorder? recorder = null)
{
    /// <summary>By tracer id; id 0 is nobody's.</summary>
    private readonly ITracer?[] _byId = [null, .. tracers];
    private readonly TracerSpanWriter[] _writers =
        [.. tracers.Select(t => new TracerSpanWriter(t.Name, processes, pipeline, losses))];

    /// <summary>Handles one record; allocates nothing.</summary>
    public void Dispatch(ReadOnlySpan<byte> record)
    {
        BpfEvent e = new(record);
        if (record.Length < Unsafe.SizeOf<EventHeader>() || e.Header.Tracer is 0 || e.Header.Tracer >= _byId.Length)
        {
            losses.Count("host", LossReason.UnknownTracer);
            return;
        }
        int id = e.Header.Tracer;
        recorder?.Write(_byId[id]!.Name, record);
        _byId[id]!.Decode(e, _writers[id - 1]);
    }

    /// <summary>Lets the sinks write out what they hold.</summary>
    public void Flush() => pipeline.Flush();
}

using System.Runtime.CompilerServices;
using Beyla.Ebpf;
using Beyla.Host.Events;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Spans;

/// <summary>What happens to a span between tracer and sinks: missing ids are made, a missing name is given, times get their wall clock.</summary>
internal sealed class SpanPipeline(IReadOnlyList<ISpanSink> sinks, LossLedger losses, ILogger<SpanPipeline> log)
{
    /// <summary>The clocks drift apart by NTP slewing; a second's worth of that is below a microsecond.</summary>
    private const ulong ClockRefresh = 1_000_000_000;

    private readonly ISpanSink[] _sinks = [.. sinks]; // an array: foreach over the interface would allocate per span
    private readonly IdGenerator _ids = new();
    private ulong _clockRead;
    private long _wallOffset;

    /// <summary>Takes a finished span; valid only during the call.</summary>
    public void Process(Span span, string tracer, TracedProcess process)
    {
        RefreshClock(span.EndTime);
        span.SetIds(
            span.TraceId.IsEmpty ? _ids.NewTraceId() : span.TraceId,
            span.SpanId.IsEmpty ? _ids.NewSpanId() : span.SpanId,
            span.ParentId);
        if (span.Name.IsEmpty) NameAfterFamily(span);

        SpanContext context = new(tracer, process, _wallOffset);
        foreach (ISpanSink sink in _sinks) Write(sink, span, context);
    }

    /// <summary>Flushes all sinks.</summary>
    public void Flush()
    {
        foreach (ISpanSink sink in _sinks)
        {
            try { sink.Flush(); }
            catch (IOException e) { Report(sink, e); }
        }
    }

    private void Write(ISpanSink sink, Span span, in SpanContext context)
    {
        try { sink.Write(span, context); }
        // A sink that fails (a closed pipe) loses its copy; the others get theirs.
        catch (IOException e) { Report(sink, e); }
    }

    private void Report(ISpanSink sink, IOException e)
    {
        losses.Count("host", LossReason.SinkFailed);
        log.LogDebug("{Sink} failed: {Reason}", sink.GetType().Name, e.Message);
    }

    private void RefreshClock(ulong now)
    {
        if (_clockRead != 0 && now < _clockRead + ClockRefresh) return;
        (_wallOffset, _clockRead) = (MonotonicClock.WallOffset(), now);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NameAfterFamily(Span span) => span.SetName(System.Text.Encoding.UTF8.GetBytes(span.Family.Name));
}

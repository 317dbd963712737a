using System.Runtime.CompilerServices;
using System.Text;
using Beyla.Ebpf;
using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Spans;

/// <summary>
/// What happens to a span between tracer and sinks: missing ids and names are made, routes set, secrets removed; then it counts in metrics, and unless a
/// filter or the sampler drops it, it is exported. All on the pump's thread, without an allocation per span.
/// </summary>
/// <param name="sinks">Take the spans that are exported.</param>
/// <param name="losses">The books.</param>
/// <param name="log">Takes what sinks complain about.</param>
/// <param name="meters">Take every span that no filter leaves out of metrics, sampled or not.</param>
/// <param name="options">The configuration; null: the defaults.</param>
internal sealed class SpanPipeline(
    IReadOnlyList<ISpanSink> sinks, LossLedger losses, ILogger<SpanPipeline> log, IReadOnlyList<ISpanSink>? meters = null, BeylaOptions? options = null)
{
    /// <summary>The clocks drift apart by NTP slewing; a second's worth of that is below a microsecond.</summary>
    private const ulong ClockRefresh = 1_000_000_000;

    // Arrays: foreach over the interface would allocate per span.
    private readonly ISpanSink[] _sinks = [.. sinks];
    private readonly ISpanSink[] _meters = [.. meters ?? []];
    private readonly IdGenerator _ids = new();
    private volatile SpanRules _rules = new(options ?? new BeylaOptions());
    private ulong _clockRead;
    private long _wallOffset;

    /// <summary>Puts a changed configuration in force: routes, filters, samplers, redaction, limits. From any thread; no span is lost or goes by a mixture of both.</summary>
    public void Apply(BeylaOptions changed) => _rules = new SpanRules(changed, _rules);

    /// <summary>Takes a finished span; valid only during the call.</summary>
    public void Process(Span span, string tracer, TracedProcess process)
    {
        SpanRules rules = _rules;
        ServiceRules service = rules.Of(process);
        RefreshClock(span.EndTime);
        span.SetIds(
            span.TraceId.IsEmpty ? _ids.NewTraceId() : span.TraceId,
            span.SpanId.IsEmpty ? _ids.NewSpanId() : span.SpanId,
            span.ParentId);
        if (span.Name.IsEmpty) NameAfterFamily(span);

        Signals signals = rules.Routes.Apply(span, service.Routes);
        rules.Redaction.Apply(span);
        if (rules.Filter is { } filter && !filter.Passes(span, process)) signals &= ~rules.Filtered;
        SpanContext context = new(tracer, process, _wallOffset) { Sampled = service.Sampler.Samples(span) };

        TracerTally tally = process.Tally.Of(tracer);
        tally.Built++;
        if ((signals & Signals.Metrics) != 0) Write(_meters, span, context);
        if ((signals & Signals.Traces) == 0)
        {
            tally.Filtered++;
            losses.Count(tracer, LossReason.Filtered);
        }
        else if (!context.Sampled)
        {
            tally.SampledOut++;
            losses.Count(tracer, LossReason.SampledOut);
        }
        else
        {
            tally.Exported++;
            Export(span, context, rules);
        }
    }

    /// <summary>Flushes all sinks.</summary>
    public void Flush()
    {
        foreach (ISpanSink meter in _meters) Flush(meter);
        foreach (ISpanSink sink in _sinks) Flush(sink);
    }

    private void Export(Span span, in SpanContext context, SpanRules rules)
    {
        rules.ValueLength?.Apply(span);
        Write(_sinks, span, context);
    }

    private void Write(ISpanSink[] to, Span span, in SpanContext context)
    {
        foreach (ISpanSink sink in to)
        {
            try { sink.Write(span, context); }
            // A sink that fails (a closed pipe) loses its copy; the others get theirs.
            catch (IOException e) { Report(sink, e); }
        }
    }

    private void Flush(ISpanSink sink)
    {
        try { sink.Flush(); }
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
    private static void NameAfterFamily(Span span)
    {
        string family = span.Family.Name;
        Span<byte> name = stackalloc byte[256];
        Encoding.UTF8.TryGetBytes(family.AsSpan(0, Math.Min(family.Length, name.Length / 3)), name, out int length);
        span.SetName(name[..length]);
    }
}

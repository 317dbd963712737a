using Beyla.Host.Events;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Spans;

namespace Beyla.Host.Export.Otlp.Traces;

/// <summary>When spans are handed to the sender (OTEL_BSP_*).</summary>
/// <param name="BatchSize">A batch of so many spans goes at once.</param>
/// <param name="Delay">A smaller one after this time.</param>
/// <param name="Attributes">Most attributes of a span.</param>
internal sealed record SpanBatching(int BatchSize, TimeSpan Delay, int Attributes);

/// <summary>Encodes spans on the pump's thread and hands them in batches to the sender. Never blocks: what the queue has no room for is counted.</summary>
internal sealed class OtlpSpanExporter(
    OtlpSender sender, ProcessResources resources, TracerScopes scopes, SpanBatching batching, LossLedger losses, TimeProvider time) : ISpanSink, IDisposable
{
    private readonly BatchPool<SpanBatch> _batches = new(release => new SpanBatch(resources, scopes, release));
    private SpanBatch? _current;

    /// <summary>Sends what it encodes.</summary>
    public OtlpSender Sender => sender;

    public void Write(Span span, in SpanContext context)
    {
        if (!sender.TryReserve())
        {
            losses.Count(sender.Name, LossReason.QueueFull);
            return;
        }
        if (_current is null)
        {
            _current = _batches.Take();
            _current.Since = time.GetTimestamp();
        }
        _current.Add(span, context, batching.Attributes);
        if (_current.Items >= batching.BatchSize) Send();
    }

    /// <summary>
    /// Sends what has waited long enough. While the sender is busy more spans join: small batches that wait through an outage would cost more
    /// memory than the spans in them.
    /// </summary>
    public void Flush()
    {
        if (_current is not null && sender.IsIdle && time.GetElapsedTime(_current.Since) >= batching.Delay) Send();
    }

    /// <summary>Sends what is left, as far as the sender still can.</summary>
    public void Dispose()
    {
        if (_current is not null) Send();
        sender.Dispose();
    }

    private void Send()
    {
        sender.Enqueue(_current!);
        _current = null;
    }
}

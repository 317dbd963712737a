using System.Threading.Channels;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp.Wire;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>Bounds of a sender.</summary>
/// <param name="Queue">Most items that wait, those of the request on its way included (OTEL_BSP_MAX_QUEUE_SIZE).</param>
/// <param name="Export">Longest time for one batch, all attempts and pauses together (OTEL_BSP_EXPORT_TIMEOUT, OTEL_METRIC_EXPORT_TIMEOUT).</param>
/// <param name="Flush">Longest time for what is left at the end.</param>
internal sealed record SenderLimits(int Queue, TimeSpan Export, TimeSpan Flush);

/// <summary>
/// Sends batches one after another, each until the server has it, refuses it, or its time is over. Every item is delivered or counted in the
/// ledger with the reason. Pauses that the server asks for, and those after failures, hold for the batches that follow, too.
/// </summary>
internal sealed class OtlpSender : IDisposable
{
    private readonly OtlpTransport _transport;
    private readonly SenderLimits _limits;
    private readonly RetryDelay _retry;
    private readonly LossLedger _losses;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly OutageLog _log;
    private readonly Channel<IExportBatch> _queue;
    private readonly ProtobufWriter _request = new(64 * 1024);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _killed = new();
    private readonly Task _worker;
    private int _reserved;
    private int _batches;
    private int _failures;
    private int _leftAtTheEnd;
    private TimeSpan _notBefore;

    /// <param name="name">Its name in the ledger: <c>otlp-traces</c>, <c>otlp-metrics</c>.</param>
    /// <param name="transport">Takes requests; owned by the sender.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="retry">Pauses after failures.</param>
    /// <param name="losses">Counts what is not delivered.</param>
    /// <param name="time">Clock of pauses and deadlines.</param>
    /// <param name="log">Says when an outage begins and ends.</param>
    public OtlpSender(
        string name, OtlpTransport transport, SenderLimits limits, RetryDelay retry, LossLedger losses, TimeProvider time, ILogger log)
    {
        (Name, _transport, _limits, _retry, _losses, _time) = (name, transport, limits, retry, losses, time);
        _origin = time.GetTimestamp();
        _log = new OutageLog(log, transport);
        // Each batch has at least one item, so the queue is never longer than the bound on items.
        _queue = Channel.CreateBounded<IExportBatch>(new BoundedChannelOptions(limits.Queue) { SingleReader = true });
        _worker = Task.Run(RunAsync);
    }

    /// <summary>Its name in the ledger.</summary>
    public string Name { get; }

    /// <summary>What it sends.</summary>
    public OtlpSignal Signal => _transport.Signal;

    /// <summary>Where it sends it.</summary>
    public OtlpEndpoint Endpoint => _transport.Endpoint;

    /// <summary>What it has done.</summary>
    public ExportCounts Counts { get; } = new();

    /// <summary>Most items that wait, those on their way included.</summary>
    public int Capacity => _limits.Queue;

    /// <summary>Items that wait, without those on their way.</summary>
    public int Waiting => Math.Max(0, Volatile.Read(ref _reserved) - Counts.InFlight);

    /// <summary>On a clock that nobody sets.</summary>
    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Whether nothing waits and nothing is on its way.</summary>
    public bool IsIdle => Volatile.Read(ref _batches) == 0;

    /// <summary>Takes room for items; false when there is none.</summary>
    public bool TryReserve(int items = 1)
    {
        if (Interlocked.Add(ref _reserved, items) <= _limits.Queue) return true;
        Interlocked.Add(ref _reserved, -items);
        return false;
    }

    /// <summary>Hands over a batch, all items of which have room (<see cref="TryReserve"/>); never blocks.</summary>
    public void Enqueue(IExportBatch batch)
    {
        Interlocked.Increment(ref _batches);
        if (!_queue.Writer.TryWrite(batch)) Drop(batch, LossReason.Shutdown);
    }

    /// <summary>Sends what waits, for a while; counts what is left then.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _stopping.Cancel();
        if (!_worker.Wait(_limits.Flush))
        {
            _killed.Cancel();
            _worker.Wait();
        }
        _log.Ended(_leftAtTheEnd);
        _transport.Dispose();
        _stopping.Dispose();
        _killed.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (IExportBatch batch in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Counts.Begin(batch.Items);
            string? lost = await TryDeliverAsync(batch).ConfigureAwait(false);
            Counts.End();
            if (lost is null) Free(batch);
            else Drop(batch, lost);
        }
    }

    private async Task<string?> TryDeliverAsync(IExportBatch batch)
    {
        try
        {
            _request.Reset();
            batch.WriteTo(_request);
            return await DeliverAsync(batch.Items).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A mistake of ours costs this batch, not all that follow.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.Failed(e);
            return LossReason.Failed;
        }
    }

    /// <summary>Sends the request until it is settled.</summary>
    /// <returns>The reason for which the batch is lost; null: it was delivered.</returns>
    private async Task<string?> DeliverAsync(int items)
    {
        TimeSpan deadline = Now + _limits.Export;
        while (true)
        {
            if (_killed.IsCancellationRequested) return LossReason.Shutdown;
            if (_notBefore > deadline) return LossReason.Unavailable;
            if (!await PauseAsync().ConfigureAwait(false)) return LossReason.Shutdown;

            ExportOutcome outcome;
            TimeSpan begin = Now;
            try
            {
                outcome = await _transport.SendAsync(_request.Written, _killed.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_killed.IsCancellationRequested)
            {
                return LossReason.Shutdown;
            }
            Counts.Attempt(Now - begin, outcome.Status == ExportStatus.Delivered);
            switch (outcome.Status)
            {
                case ExportStatus.Delivered:
                    Settle();
                    long rejected = Math.Min(outcome.Rejected, items);
                    Counts.Deliver(items - rejected);
                    Count(LossReason.Rejected, rejected);
                    _log.Delivered(items, outcome);
                    return null;
                case ExportStatus.Refused:
                    Settle();
                    _log.Refused(items, outcome.Reason!);
                    return LossReason.Refused;
                default:
                    _failures++;
                    _notBefore = Now + (outcome.Delay is { Ticks: > 0 } asked ? asked : _retry.After(_failures));
                    _losses.SetOutage(Name, outcome.Reason);
                    _log.Failed(outcome.Reason!);
                    break;
            }
        }
    }

    /// <summary>Waits until the server may be asked again; false when the end came before and does not leave time for it.</summary>
    private async Task<bool> PauseAsync()
    {
        TimeSpan pause = _notBefore - Now;
        if (pause <= TimeSpan.Zero) return true;
        try
        {
            if (!_stopping.IsCancellationRequested) await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) { }
        if (!_stopping.IsCancellationRequested) return true;

        // At the end the server is asked once more only if it does not mind.
        pause = _notBefore - Now;
        if (pause > _limits.Flush) return false;
        try
        {
            if (pause > TimeSpan.Zero) await Task.Delay(pause, _time, _killed.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Settle()
    {
        (_failures, _notBefore) = (0, default);
        _losses.SetOutage(Name, null);
    }

    private void Drop(IExportBatch batch, string reason)
    {
        Count(reason, batch.Items);
        _log.Dropped(batch.Items);
        if (reason == LossReason.Shutdown) _leftAtTheEnd += batch.Items;
        Free(batch);
    }

    private void Count(string reason, long items)
    {
        if (items > 0) _losses.Count(Name, reason, items);
    }

    private void Free(IExportBatch batch)
    {
        Interlocked.Add(ref _reserved, -batch.Items);
        Interlocked.Decrement(ref _batches);
        batch.Release();
    }
}

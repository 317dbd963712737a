using Microsoft.Extensions.Logging;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>Log lines of a sender: one when an outage begins and one when it ends, however many attempts fail between; each refusal's reason once in a row.</summary>
internal sealed class OutageLog(ILogger log, OtlpTransport transport)
{
    private bool _out;
    private long _dropped;
    private string? _lastReason;

    public void Failed(string reason)
    {
        if (!_out) log.LogWarning("{Items} are not delivered to {Target}: {Reason}; it is tried again.", Items, transport.Endpoint, reason);
        else log.LogDebug("{Target}: {Reason}.", transport.Endpoint, reason);
        _out = true;
    }

    public void Failed(Exception mistake) => log.LogError("sending {Items} to {Target} failed: {Mistake}", Items, transport.Endpoint, mistake);

    public void Refused(int items, string reason)
    {
        if (reason != _lastReason) log.LogWarning("{Target} refuses {Count} {Items}: {Reason}; they are dropped.", transport.Endpoint, items, Items, reason);
        _lastReason = reason;
    }

    public void Dropped(int items) => Interlocked.Add(ref _dropped, items);

    public void Ended(int left)
    {
        if (left > 0) log.LogWarning("{Left} {Items} were not sent to {Target}: the agent ends.", left, Items, transport.Endpoint);
    }

    public void Delivered(int items, in ExportOutcome outcome)
    {
        if (_out)
            log.LogInformation("{Items} are delivered to {Target} again; {Dropped} were dropped so far.", Items, transport.Endpoint, Interlocked.Read(ref _dropped));
        _out = false;
        if (outcome.Reason is { } reason && reason != _lastReason)
            log.LogWarning("{Target} takes {Taken} of {Count} {Items}: {Reason}.", transport.Endpoint, items - outcome.Rejected, items, Items, reason);
        _lastReason = outcome.Reason;
    }

    private string Items => transport.Signal.Items;
}

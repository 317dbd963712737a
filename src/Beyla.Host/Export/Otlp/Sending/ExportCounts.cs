using Beyla.Host.Metrics;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>What a sender has done so far. Counted on its thread, read on others.</summary>
internal sealed class ExportCounts
{
    private readonly Lock _gate = new();
    private readonly HistogramPoint _succeeded = Durations(), _failed = Durations();
    private long _exported;
    private int _inFlight;

    /// <summary>Boundaries of the durations, and their meaning.</summary>
    public static MetricDefinition Duration { get; } = new(
        "otel.sdk.exporter.operation.duration", "Duration of export requests, each attempt by itself.", "s", MetricKind.Histogram, SpanFamilies.HttpClient.Duration!.Boundaries);

    /// <summary>Items that the server has.</summary>
    public long Exported => Interlocked.Read(ref _exported);

    /// <summary>Items of the request that is on its way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A request begins to be sent.</summary>
    public void Begin(int items) => Volatile.Write(ref _inFlight, items);

    /// <summary>It is settled.</summary>
    public void End() => Volatile.Write(ref _inFlight, 0);

    /// <summary>Items were delivered.</summary>
    public void Deliver(long items) => Interlocked.Add(ref _exported, items);

    /// <summary>An attempt is over.</summary>
    public void Attempt(TimeSpan duration, bool succeeded)
    {
        lock (_gate) (succeeded ? _succeeded : _failed).Record(new Measurement(duration.TotalSeconds, 0, default, default, IsExemplar: false));
    }

    /// <summary>Reads the durations of attempts that succeeded and of those that failed.</summary>
    public void Read(Action<HistogramPoint> succeeded, Action<HistogramPoint> failed)
    {
        lock (_gate)
        {
            succeeded(_succeeded);
            failed(_failed);
        }
    }

    private static HistogramPoint Durations() => new(Duration, new HistogramForms(Explicit: true, Exponential: false), exemplars: false);
}

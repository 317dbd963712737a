using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Otlp.Metrics;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Metrics;
using Beyla.Host.Tests.Metrics;
using Beyla.Host.Tests.Plugins;
using Beyla.Testing.Otlp;
using EndToEnd.Harness;

namespace Beyla.Host.Tests.Export.Otlp;

/// <summary>An exporter of metrics under test, with the aggregator that it reads. Its interval is a minute.</summary>
internal sealed class MetricExporting : IDisposable
{
    private readonly RecordingLogs _logs = new();
    private readonly OtlpMetricExporter _exporter;
    private bool _disposed;

    /// <summary>Starts an exporter on a clock that stands still.</summary>
    public MetricExporting(OtlpOptions options, MetricTemporality temporality = MetricTemporality.Cumulative, bool exponential = false, MeasurementPlan? plan = null, int limit = 2000)
    {
        Spans = new MeasuredSpans(plan, limit, exponential);
        OtlpTransport transport = OtlpTransport.Create(OtlpSignal.Metrics, OtlpEndpoint.Of(options, "v1/metrics")!, options, TimeProvider.System);
        Sender = new OtlpSender(
            "otlp-metrics", transport, new SenderLimits(int.MaxValue, TimeSpan.FromSeconds(30), Eventually.Soon), new RetryDelay(() => 0.5), Losses, Spans.Time,
            _logs.CreateLogger("otlp"));
        _exporter = new OtlpMetricExporter(Spans.Metrics, Sender, new ProcessResources("node7", "1.2.3", []), TimeSpan.FromMinutes(1), temporality, Spans.Time);
    }

    /// <summary>An exporter to a collector, by http/protobuf.</summary>
    public MetricExporting(Collector collector, MetricTemporality temporality = MetricTemporality.Cumulative, bool exponential = false, MeasurementPlan? plan = null, int limit = 2000)
        : this(new OtlpOptions { Endpoint = collector.HttpEndpoint + "/v1/metrics" }, temporality, exponential, plan, limit) { }

    public MeasuredSpans Spans { get; }

    public LossLedger Losses { get; } = new();

    public OtlpSender Sender { get; }

    /// <summary>Lets the interval pass and waits until what is sent is settled.</summary>
    public async Task PassIntervalAsync()
    {
        Spans.Time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => Sender.IsIdle, Eventually.Soon, () => "the request is not settled");
    }

    /// <summary>Ends the exporter; once.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _exporter.Dispose();
        _logs.Dispose();
    }
}

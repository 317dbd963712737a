using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Metrics;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Export.Otlp.Metrics;

/// <summary>Makes the exporter that the configuration names.</summary>
internal static class OtlpMetricExporters
{
    /// <summary>What can be sent in this time is sent at the end; with that of the spans it stays below a second.</summary>
    private static readonly TimeSpan Flush = TimeSpan.FromMilliseconds(300);

    /// <summary>An exporter of metrics; <see langword="null"/> when nothing is to be sent. Nothing of HTTP is loaded then.</summary>
    /// <exception cref="InvalidOperationException">A certificate cannot be read.</exception>
    public static OtlpMetricExporter? Create(
        BeylaOptions options, SpanMetrics metrics, ProcessResources resources, LossLedger losses, TimeProvider time, ILoggerFactory logs)
    {
        MetricsExportOptions export = options.MetricsExport;
        // The cap of series bounds the points of a request, and there is one request at a time.
        SenderLimits limits = new(int.MaxValue, export.ExportTimeout, Flush);
        return OtlpSenders.Create(OtlpSignal.Metrics, options.Grafana.Complete(export.Otlp, "metrics"), limits, losses, time, logs) is { } sender
            ? new OtlpMetricExporter(metrics, sender, resources, export.Interval, export.Temporality, time, export.Ttl)
            : null;
    }
}

using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp.Sending;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Export.Otlp.Traces;

/// <summary>Makes the exporter that the configuration names.</summary>
internal static class OtlpSpanExporters
{
    /// <summary>What can be sent in this time is sent at the end; the agent has a second for everything.</summary>
    private static readonly TimeSpan Flush = TimeSpan.FromMilliseconds(500);

    /// <summary>An exporter of spans; <see langword="null"/> when nothing is to be sent. Nothing of HTTP is loaded then.</summary>
    /// <exception cref="InvalidOperationException">A certificate cannot be read.</exception>
    public static OtlpSpanExporter? Create(
        BeylaOptions options, ProcessResources resources, IEnumerable<ITracer> tracers, LossLedger losses, TimeProvider time, ILoggerFactory logs)
    {
        TracesExportOptions export = options.TracesExport;
        SenderLimits limits = new(export.MaxQueueSize, export.ExportTimeout, Flush);
        if (OtlpSenders.Create(OtlpSignal.Traces, options.Grafana.Complete(export.Otlp, "traces"), limits, losses, time, logs) is not { } sender) return null;
        SpanBatching batching = new(Math.Min(export.MaxExportBatchSize, export.MaxQueueSize), export.BatchTimeout, export.AttributeCountLimit);
        return new OtlpSpanExporter(sender, resources, TracerScopes.Of(tracers), batching, losses, time);
    }
}

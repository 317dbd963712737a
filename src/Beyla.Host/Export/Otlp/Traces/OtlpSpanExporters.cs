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
    public static OtlpSpanExporter? Create(BeylaOptions options, IEnumerable<ITracer> tracers, LossLedger losses, TimeProvider time, ILoggerFactory logs)
    {
        TracesExportOptions export = options.TracesExport;
        OtlpOptions otlp = options.Grafana.Complete(export.Otlp, "traces");
        if (OtlpEndpoint.Of(otlp, "v1/traces") is not { } endpoint) return null;

        ILogger log = logs.CreateLogger<OtlpSpanExporter>();
        OtlpTransport transport = OtlpTransport.Create(OtlpSignal.Traces, endpoint, otlp, time);
        OtlpSender sender = new(
            "otlp-traces", transport, new SenderLimits(export.MaxQueueSize, export.ExportTimeout, Flush),
            new RetryDelay(Random.Shared.NextDouble), losses, time, log);
        ProcessResources resources = new(options.InstanceId.HostName ?? Environment.MachineName, OtlpHttp.Version, options.ResourceAttributes, options.InstanceId.InstanceId);
        SpanBatching batching = new(Math.Min(export.MaxExportBatchSize, export.MaxQueueSize), export.BatchTimeout, export.AttributeCountLimit);
        log.LogInformation("spans go to {Endpoint}.", endpoint);
        return new OtlpSpanExporter(sender, resources, TracerScopes.Of(tracers), batching, losses, time);
    }
}

using System.Globalization;
using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp.Sending;

namespace Beyla.Host.Export.Prometheus;

/// <summary>How the OTLP exporters are doing, by the names that OpenTelemetry's SDKs use for that (semantic conventions, "OpenTelemetry SDK metrics").</summary>
/// <param name="senders">The exporters' senders.</param>
/// <param name="losses">The books of what they did not deliver.</param>
internal sealed class ExportMetricsSource(IReadOnlyList<OtlpSender> senders, LossLedger losses) : IMetricsSource
{
    private const string Counter = "counter", Gauge = "gauge", Processor = "otel_sdk_processor_span_", Exporter = "otel_sdk_exporter_";

    public void WriteTo(Exposition page)
    {
        if (senders.Count == 0) return;
        ILookup<string, (string Reason, long Count)> lost = losses.Read().ToLookup(b => b.Tracer, b => (b.Reason, b.Count));
        OtlpSender[] spans = [.. senders.Where(s => s.Signal == OtlpSignal.Traces)];
        if (spans.Length > 0) Queue(page, spans, lost);
        foreach (OtlpSender sender in senders)
        {
            string item = Exporter + (sender.Signal == OtlpSignal.Traces ? "span_" : "metric_data_point_");
            page.Head(item + "inflight", Gauge, "", "Items of the request that is on its way.");
            page.Sample(item + "inflight", sender.Counts.InFlight, Labels(sender));
            page.Head(item + "exported", Counter, "", "Items that are settled: delivered, or lost for the reason in error_type.");
            page.Sample(item + "exported_total", sender.Counts.Exported, Labels(sender));
            foreach ((string reason, long count) in lost[sender.Name].Where(l => l.Reason != LossReason.QueueFull))
                page.Sample(item + "exported_total", count, [.. Labels(sender), ("error_type", Type(reason))]);
        }
        page.Head(Exporter + "operation_duration_seconds", "histogram", "seconds", ExportCounts.Duration.Description);
        foreach (OtlpSender sender in senders)
            sender.Counts.Read(
                point => page.Histogram(Exporter + "operation_duration_seconds", ExportCounts.Duration, point, Labels(sender)),
                point => page.Histogram(Exporter + "operation_duration_seconds", ExportCounts.Duration, point, [.. Labels(sender), ("error_type", "_OTHER")]));
    }

    private static void Queue(Exposition page, OtlpSender[] spans, ILookup<string, (string Reason, long Count)> lost)
    {
        const string type = "batching_span_processor";
        (string, string)[] labels = [("otel_component_type", type), ("otel_component_name", type + "/0")];
        page.Head(Processor + "queue_size", Gauge, "", "Spans that wait to be sent.");
        foreach (OtlpSender sender in spans) page.Sample(Processor + "queue_size", sender.Waiting, labels);
        page.Head(Processor + "queue_capacity", Gauge, "", "Most spans that wait.");
        foreach (OtlpSender sender in spans) page.Sample(Processor + "queue_capacity", sender.Capacity, labels);
        page.Head(Processor + "processed", Counter, "", "Spans that left the queue, or had no room in it.");
        foreach (OtlpSender sender in spans)
        {
            long full = lost[sender.Name].Where(l => l.Reason == LossReason.QueueFull).Sum(l => l.Count), others = lost[sender.Name].Sum(l => l.Count) - full;
            page.Sample(Processor + "processed_total", sender.Counts.Exported + others, labels);
            if (full > 0) page.Sample(Processor + "processed_total", full, [.. labels, ("error_type", Type(LossReason.QueueFull))]);
        }
    }

    private static (string, string)[] Labels(OtlpSender sender)
    {
        string protocol = sender.Endpoint.Protocol switch { OtlpProtocol.Grpc => "grpc", OtlpProtocol.HttpJson => "http_json", _ => "http" };
        string type = $"otlp_{protocol}_{(sender.Signal == OtlpSignal.Traces ? "span" : "metric")}_exporter";
        return
        [
            ("otel_component_type", type), ("otel_component_name", type + "/0"), ("server_address", sender.Endpoint.Uri.Host),
            ("server_port", sender.Endpoint.Uri.Port.ToString(CultureInfo.InvariantCulture)),
        ];
    }

    private static string Type(string reason) => reason.Replace('-', '_');
}

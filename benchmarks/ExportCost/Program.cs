using System.Diagnostics;
using System.Globalization;
using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Export.Otlp.Traces;
using Beyla.Host.Metrics;
using ExportCost;
using Microsoft.Extensions.Logging.Abstractions;

// ExportCost [--seconds N] [--rate SPANS_PER_SECOND]: what a span costs the agent from the record in the ring to the socket.
if (args is ["--sink"])
{
    Sink.Run();
    return 0;
}
int seconds = Option("--seconds", 30), rate = Option("--rate", 50_000);
using Process sink = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "--sink") { RedirectStandardOutput = true })!;
try
{
    string endpoint = $"http://127.0.0.1:{sink.StandardOutput.ReadLine()}";
    BeylaOptions options = new()
    {
        TracesExport = new TracesExportOptions { Otlp = new OtlpOptions { Endpoint = endpoint + "/v1/traces" }, MaxQueueSize = 16_384, MaxExportBatchSize = 512 },
        MetricsExport = new MetricsExportOptions { Otlp = new OtlpOptions { Endpoint = endpoint + "/v1/metrics" } },
    };
    LossLedger losses = new();
    ProcessResources resources = new("bench", "1.0", []);
    using OtlpSpanExporter exporter = OtlpSpanExporters.Create(options, resources, [new Beyla.Plugins.NetHttp.NetHttpTracer()], losses, TimeProvider.System, NullLoggerFactory.Instance)!;
    SpanMetrics metrics = SpanMetricsFactory.Create(options, TimeProvider.System)!;
    PacedRun.Run(new RequestFeed([exporter], [metrics], losses), exporter.Sender, losses, seconds, rate);
    return 0;
}
finally
{
    sink.Kill();
}

int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and int at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

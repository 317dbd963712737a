using System.Runtime.InteropServices;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Export.Otlp.Traces;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Plugins;
using EndToEnd.Harness;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Export.Otlp;

/// <summary>An exporter under test with its ledger, its log and numbered spans.</summary>
internal sealed class Exporting : IDisposable
{
    private readonly RecordingLogs _logs = new();
    private readonly Span _span = new(_ => { });
    private ulong _written;
    private bool _disposed;

    /// <summary>Starts an exporter.</summary>
    public Exporting(OtlpOptions options, TimeProvider? time = null, int queue = 2048, int batch = 512, TimeSpan? export = null, TimeSpan? flush = null)
    {
        TimeProvider clock = time ?? TimeProvider.System;
        OtlpTransport transport = OtlpTransport.Create(OtlpSignal.Traces, OtlpEndpoint.Of(options, "v1/traces")!, options, clock);
        Sender = new OtlpSender(
            "otlp-traces", transport, new SenderLimits(queue, export ?? TimeSpan.FromSeconds(30), flush ?? Eventually.Soon),
            new RetryDelay(() => 0.5), Losses, clock, _logs.CreateLogger("otlp"));
        Exporter = new OtlpSpanExporter(
            Sender, new ProcessResources("node7", "1.2.3", []), new TracerScopes([("net-http", "0.1.0"), ("go-sql", null)]),
            new SpanBatching(batch, TimeSpan.FromSeconds(5), 128), Losses, clock);
    }

    public LossLedger Losses { get; } = new();

    public OtlpSender Sender { get; }

    public OtlpSpanExporter Exporter { get; }

    /// <summary>To be read after the end.</summary>
    public IReadOnlyList<string> Log => [.. _logs.Lines.Select(l => l.Text)];

    /// <summary>How many spans were written.</summary>
    public long Written => (long)_written;

    /// <summary>Writes spans; their ids count up from 1.</summary>
    public Exporting Write(int spans)
    {
        SpanContext context = new("net-http", Process(1, "shop"), 0);
        for (int i = 0; i < spans; i++)
        {
            _span.Reset(SpanKind.Server, SpanFamilies.HttpServer, new EventHeader { Start = 1, End = 2, Process = 1 });
            _span.SetIds(new TraceId(1, 1), new SpanId(++_written), default);
            Exporter.Write(_span.SetName("GET /"u8).Set(Attributes.HttpResponseStatusCode, 200), context);
        }
        return this;
    }

    /// <summary>What was lost, by reason.</summary>
    public IReadOnlyDictionary<string, long> Lost => Losses.Read().ToDictionary(l => l.Reason, l => l.Count);

    /// <summary>The number in a decoded span's id.</summary>
    public static ulong NumberOf(string base64Id) => MemoryMarshal.Read<ulong>(Convert.FromBase64String(base64Id));

    public static TracedProcess Process(uint handle, string name, string? ns = null) => new(
        handle, new ProcessInfo(new ProcessId((int)handle + 100, 77), 1, $"/srv/{name}", new HashSet<int>()), new ServiceIdentity(name, ns), "go");

    /// <summary>Ends the exporter; once.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Exporter.Dispose();
        _logs.Dispose();
    }
}

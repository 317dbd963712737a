using System.Text;
using Beyla.Host.Identity.OwnTelemetry;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Plugins;
using Beyla.Host.Tests.Spans;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Identity.OwnTelemetry;

public sealed class SeenExportsTests : IDisposable
{
    private readonly RecordingLogs _logs = new();
    private readonly TracedProcess _process = SpanRecords.Process(1);

    [Theory]
    [InlineData("http://collector:4318/v1/traces", Signals.Traces)]
    [InlineData("https://c/base/v1/metrics?x=1", Signals.Metrics)]
    [InlineData("http://c:4317/opentelemetry.proto.collector.trace.v1.TraceService/Export", Signals.Traces)]
    [InlineData("http://c/v1/traces/17", Signals.None)]
    [InlineData("http://c/orders?next=/v1/traces", Signals.None)]
    public void Write_ACallOfThisUrl_IsAnExportOfThisSignal(string url, object expected)
    {
        Watch().Write(Client(Attributes.UrlFull, url), Context);

        Assert.Equal(expected, (object)_process.OwnSignals);
    }

    [Fact]
    public void Write_ACallOfTheGrpcService_IsAnExport()
    {
        Watch().Write(Client(Attributes.RpcMethod, "opentelemetry.proto.collector.metrics.v1.MetricsService/Export"), Context);

        Assert.Equal(Signals.Metrics, _process.OwnSignals);
    }

    [Fact]
    public void Write_FailedCallsAndServers_AreNoExports()
    {
        Watch().Write(Client(Attributes.UrlFull, "http://c/v1/traces").Fail("503"u8), Context);
        Watch().Write(Of(SpanKind.Server).Set(Attributes.UrlFull, "http://c/v1/traces"u8), Context);

        Assert.Equal(Signals.None, _process.OwnSignals);
    }

    [Fact]
    public void Write_Repeated_IsLoggedOncePerSignal()
    {
        SeenExports watch = Watch();
        for (int i = 0; i < 3; i++) watch.Write(Client(Attributes.UrlFull, "http://c/v1/traces"), Context);
        watch.Write(Client(Attributes.UrlFull, "http://c/v1/metrics"), Context);

        Assert.Equal(
            ["pid 4711 (shop) exports its own traces (it was seen to): not exported a second time.", "pid 4711 (shop) exports its own metrics (it was seen to): not exported a second time."],
            _logs.Lines.Select(l => l.Text));
    }

    [Fact]
    public void ExceptOwnSignals_KeepsBackOnlyTheSignalThatTheProcessExports()
    {
        CountingSink traces = new(), metrics = new();
        ISpanSink[] sinks = [new ExceptOwnSignals(traces, Signals.Traces), new ExceptOwnSignals(metrics, Signals.Metrics)];
        Span span = Client(Attributes.UrlFull, "http://c/");

        foreach (ISpanSink sink in sinks) sink.Write(span, Context);
        _process.OwnSignals = Signals.Traces;
        foreach (ISpanSink sink in sinks) sink.Write(span, Context);

        Assert.Equal((1, 2), (traces.Count, metrics.Count));
    }

    private SpanContext Context => new("net-http", _process, 0);

    private SeenExports Watch() => new(LoggerFactory.Create(logging => logging.AddProvider(_logs)).CreateLogger<SeenExports>());

    private static Span Client(AttributeKey key, string value) => Of(SpanKind.Client).Set(key, Encoding.UTF8.GetBytes(value));

    private static Span Of(SpanKind kind) => new Span(_ => { }).Reset(kind, SpanFamilies.HttpClient, new EventHeader { Start = 1, End = 2, Process = 1 });

    public void Dispose() => _logs.Dispose();
}

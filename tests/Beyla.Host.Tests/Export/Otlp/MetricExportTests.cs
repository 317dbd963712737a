using System.Globalization;
using System.Text.Json.Nodes;
using Beyla.Host.Configuration;
using Beyla.Host.Metrics;
using Beyla.Host.Tests.Metrics;
using Beyla.Testing.Otlp;

namespace Beyla.Host.Tests.Export.Otlp;

/// <summary>What OpenTelemetry's decoder reads of the metrics that we send.</summary>
public sealed class MetricExportTests : IDisposable
{
    private const string Labels = "http.request.method=GET,url.scheme=http,http.response.status_code=200,http.route=/orders/{id}";

    private readonly OtlpOracle? _oracle = OtlpOracle.Missing is null ? new OtlpOracle() : null;

    public void Dispose() => _oracle?.Dispose();

    [OracleTheory]
    [InlineData("http/protobuf", false)]
    [InlineData("http/json", false)]
    [InlineData("grpc", true)]
    public async Task Request_OfEachProtocol_IsDecodedToEqualContent(string protocol, bool gzip)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        using (MetricExporting exporting = new(Options(collector, protocol, gzip)))
        {
            exporting.Spans.Serve(MeasuredSpans.Process(1, "shop"), milliseconds: 20, bytes: 100);
            exporting.Spans.Serve(MeasuredSpans.Process(1, "shop"), milliseconds: 80, bytes: 0);
            exporting.Spans.Serve(MeasuredSpans.Process(2, "cart"), milliseconds: 4);
        }

        CollectorExchange exchange = Assert.Single(collector.Accepted);
        Assert.Equal(protocol == "grpc" ? "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" : "/v1/metrics", exchange.Path);
        Assert.Equal(
            [
                $"shop http.server.request.duration s histogram-cumulative {{{Labels}}} count=2 sum=0.1 min=0.02 max=0.08 [0 0 1 0 0 1 0 0 0 0 0 0 0 0 0]",
                $"shop http.server.request.body.size By histogram-cumulative {{{Labels}}} count=2 sum=100 min=0 max=100 [1 0 0 1 0 0 0 0 0 0 0]",
                $"cart http.server.request.duration s histogram-cumulative {{{Labels}}} count=1 sum=0.004 min=0.004 max=0.004 [1 0 0 0 0 0 0 0 0 0 0 0 0 0 0]",
                $"cart http.server.request.body.size By histogram-cumulative {{{Labels}}} count=1 sum=100 min=100 max=100 [0 0 0 1 0 0 0 0 0 0 0]",
            ], collector.Points);
        Assert.Equal(2, OtlpOracle.Items(exchange.Content!, "resourceMetrics").Count());
    }

    [OracleFact]
    public async Task Point_Histogram_HasBoundariesTimesAndExemplars()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        MetricExporting exporting = new(collector);
        exporting.Spans.Serve(MeasuredSpans.Process(1), milliseconds: 20);
        exporting.Spans.Time.Advance(TimeSpan.FromSeconds(2));
        string now = Nanoseconds(exporting.Spans.Time);
        exporting.Dispose();

        JsonObject point = DecodedMetrics.All(collector.Accepted[0].Content!).First().Point;
        string start = MeasuredSpans.End.ToString(CultureInfo.InvariantCulture);
        Assert.Equal((start, now), (point["startTimeUnixNano"]!.GetValue<string>(), point["timeUnixNano"]!.GetValue<string>()));
        Assert.Equal(SpanFamilies.HttpServer.Duration!.Boundaries, point["explicitBounds"]!.AsArray().Select(b => b!.GetValue<double>()));
        JsonObject exemplar = OtlpOracle.Items(point, "exemplars").Single();
        Assert.Equal((0.02, start), (exemplar["asDouble"]!.GetValue<double>(), exemplar["timeUnixNano"]!.GetValue<string>()));
        Assert.Equal("AwAAAAAAAAA=", exemplar["spanId"]!.GetValue<string>());
        Assert.Equal("AQAAAAAAAAACAAAAAAAAAA==", exemplar["traceId"]!.GetValue<string>());
    }

    [OracleFact]
    public async Task Interval_Cumulative_TellsAboutAllTime()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        using MetricExporting exporting = new(collector);
        for (int i = 0; i < 2; i++)
        {
            exporting.Spans.Serve(MeasuredSpans.Process(1));
            await exporting.PassIntervalAsync();
        }
        await exporting.PassIntervalAsync();

        Assert.Equal(["1", "2", "2"], Counts(collector));
    }

    [OracleTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Interval_Delta_TellsAboutTheTimeSinceTheLastRequest(bool exponential)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        using MetricExporting exporting = new(collector, MetricTemporality.Delta, exponential, new MeasurementPlan { Features = MetricFeatures.Application | MetricFeatures.Span });
        string first = Nanoseconds(exporting.Spans.Time);
        exporting.Spans.Serve(MeasuredSpans.Process(1), milliseconds: 20);
        await exporting.PassIntervalAsync();
        string second = Nanoseconds(exporting.Spans.Time);
        for (int i = 0; i < 2; i++) exporting.Spans.Serve(MeasuredSpans.Process(1), milliseconds: 40);
        await exporting.PassIntervalAsync();
        await exporting.PassIntervalAsync();

        Assert.Equal(2, collector.Accepted.Count);
        Assert.Equal(["1", "2"], Counts(collector));
        JsonObject[] durations = [.. Durations(collector)];
        Assert.Equal([first, second], durations.Select(p => p["startTimeUnixNano"]!.GetValue<string>()));
        Assert.Equal([0.02, 0.08], durations.Select(p => p["sum"]!.GetValue<double>()), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.04], durations.Skip(1).Select(p => p["min"]!.GetValue<double>()));
        Assert.Equal(["1", "2"], collector.Points.Where(p => p.Contains("calls_total", StringComparison.Ordinal)).Select(p => p.Split(' ')[^1]));
        Assert.All(collector.Points, p => Assert.Contains("-delta", p, StringComparison.Ordinal));
    }

    [OracleFact]
    public async Task Point_Exponential_HoldsScaleOffsetAndCounts()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        using (MetricExporting exporting = new(collector, exponential: true))
            foreach (double milliseconds in new[] { 250.0, 500, 1000, 0 }) exporting.Spans.Serve(MeasuredSpans.Process(1), milliseconds: milliseconds);

        JsonObject point = Durations(collector).Single();
        // 1/4, 1/2 and 1 second are upper boundaries at every scale; 160 buckets hold two powers of two at scale 6.
        Assert.Equal(6, point["scale"]!.GetValue<int>());
        JsonObject positive = point["positive"]!.AsObject();
        Assert.Equal(-129, positive["offset"]!.GetValue<int>());
        string[] counts = [.. positive["bucketCounts"]!.AsArray().Select(c => c!.GetValue<string>())];
        Assert.Equal([0, 64, 128], Enumerable.Range(0, counts.Length).Where(i => counts[i] == "1"));
        Assert.Equal((129, "1", "4"), (counts.Length, point["zeroCount"]!.GetValue<string>(), point["count"]!.GetValue<string>()));
    }

    [OracleFact]
    public async Task Series_WithoutRoom_AreMarkedAsOverflow()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        using (MetricExporting exporting = new(collector, limit: 2))
            for (int i = 0; i < 3; i++) exporting.Spans.Serve(MeasuredSpans.Process(1), $"/{i}");

        Assert.Contains(collector.Points, p => p.Contains("duration s histogram-cumulative {otel.metric.overflow=true} count=2", StringComparison.Ordinal));
    }

    [OracleFact]
    public async Task Request_ThatGetsTooLarge_IsSplit()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        using (MetricExporting exporting = new(collector))
            for (uint process = 1; process <= 6; process++)
                for (int i = 0; i < 2000; i++) exporting.Spans.Serve(MeasuredSpans.Process(process), $"/{i}");

        Assert.InRange(collector.Accepted.Count, 2, 12);
        Assert.Equal(6 * 2000 * 2, collector.Points.Distinct().Count() * 6);
    }

    [OracleFact]
    public async Task Server_Refuses_PointsAreCountedAndTheNextRequestHoldsThem()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        using MetricExporting exporting = new(collector);
        collector.Next.Enqueue(Behaviours.Status(400));
        exporting.Spans.Serve(MeasuredSpans.Process(1));
        await exporting.PassIntervalAsync();
        Assert.Equal([("otlp-metrics", "refused", 2L)], exporting.Losses.Read());

        await exporting.PassIntervalAsync();
        Assert.Equal(["1"], Counts(collector));
    }

    [OracleFact]
    public async Task Collection_SteadyState_AllocatesNothingPerPoint()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        Beyla.Host.Export.Otlp.Wire.ProtobufWriter writer = new(1024 * 1024);
        MeasuredSpans spans = new();
        for (int i = 0; i < 100; i++) spans.Serve(MeasuredSpans.Process(1), $"/{i}");
        SeriesTable table = spans.Metrics.Processes()[0].Tables[0];
        long before = 0;
        for (int round = 0; round < 2; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++) Beyla.Host.Export.Otlp.Metrics.MetricFields.Metric(writer, table, 0, new(IsDelta: false, 0, 1));
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static OtlpOptions Options(Collector collector, string protocol, bool gzip) => new()
    {
        Endpoint = protocol == "grpc" ? collector.GrpcEndpoint : collector.HttpEndpoint + "/v1/metrics",
        Protocol = OtlpProtocols.All.First(p => p.Word == protocol).Value,
        Compression = gzip ? OtlpCompression.Gzip : OtlpCompression.None,
    };

    private static IEnumerable<JsonObject> Durations(Collector collector) =>
        collector.Accepted.SelectMany(e => DecodedMetrics.All(e.Content!)).Where(p => p.Metric["name"]!.GetValue<string>() == "http.server.request.duration").Select(p => p.Point);

    private static IEnumerable<string> Counts(Collector collector) => Durations(collector).Select(p => p["count"]!.GetValue<string>());

    private static string Nanoseconds(ManualTime time) => ((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
}

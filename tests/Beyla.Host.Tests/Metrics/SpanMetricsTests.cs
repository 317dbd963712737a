using System.Globalization;
using Beyla.Host.Metrics;
using Beyla.Host.Configuration;
using Beyla.Host.Spans;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Tests.Metrics;

/// <summary>What series spans become.</summary>
public sealed class SpanMetricsTests
{
    private const string Labels = "http.request.method=GET,url.scheme=http,http.response.status_code=200,http.route=";

    [Fact]
    public void Write_HttpServerSpans_AreSeriesByProcessAndAttributes()
    {
        MeasuredSpans spans = new();
        TracedProcess shop = MeasuredSpans.Process(1, "shop"), cart = MeasuredSpans.Process(2, "cart");
        spans.Serve(shop, "/a");
        spans.Serve(shop, "/a");
        spans.Serve(shop, "/b");
        spans.Serve(cart, "/a");

        Assert.Equal(
            [
                $"cart http.server.request.body.size{{{Labels}/a}} 1", $"cart http.server.request.duration{{{Labels}/a}} 1",
                $"shop http.server.request.body.size{{{Labels}/a}} 2", $"shop http.server.request.body.size{{{Labels}/b}} 1",
                $"shop http.server.request.duration{{{Labels}/a}} 2", $"shop http.server.request.duration{{{Labels}/b}} 1",
            ], spans.Counts());
    }

    [Fact]
    public void Write_DurationOnABoundary_FallsIntoTheBucketBelow()
    {
        MeasuredSpans spans = new();
        foreach (double milliseconds in new[] { 5, 5.000001, 10, 100_000 }) spans.Serve(MeasuredSpans.Process(1), milliseconds: milliseconds);
        HistogramPoint point = spans.Single("http.server.request.duration");

        Assert.Equal([1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], point.Buckets.ToArray());
        Assert.Equal((4, 0.005, 100), (point.Count, point.Min, point.Max));
        Assert.Equal(100.020000001, point.Sum, 9);
    }

    [Fact]
    public void Write_FamilyOfAPlugin_FeedsItsOwnMetrics()
    {
        AttributeKey topic = new("acme.topic"), size = new("acme.size");
        SpanFamily family = new("acme", new DurationMetric("acme.call.duration", "Calls.", [1], [topic]))
        {
            Values = [new ValueMetric("acme.message.size", "Messages.", "By", size, [10], [topic])],
        };
        MeasuredSpans spans = new();
        spans.Write(spans.Begin(family).Set(topic, "t"u8).Set(size, 1.5), MeasuredSpans.Process(1));
        spans.Write(spans.Begin(family).Set(topic, "t"u8), MeasuredSpans.Process(1));

        Assert.Equal(["shop acme.call.duration{acme.topic=t} 2", "shop acme.message.size{acme.topic=t} 1"], spans.Counts());
    }

    [Fact]
    public void Apply_OtherAttributesForOneMetric_RestartsItsSeriesAndLeavesTheOthers()
    {
        MeasuredSpans spans = new();
        TracedProcess shop = MeasuredSpans.Process(1, "shop");
        spans.Serve(shop, "/a");
        spans.Metrics.Apply(new AttributeSelection([new MetricSelection("http.server.request.duration", ["http.route"], [])]));
        spans.Serve(shop, "/a");
        Assert.Equal([$"shop http.server.request.body.size{{{Labels}/a}} 1", "shop http.server.request.duration{http.route=/a} 1"], spans.Counts());

        spans.Metrics.Apply(new AttributeSelection([new MetricSelection("http.server.request.duration", ["http.route"], [])]));
        spans.Serve(shop, "/a");
        Assert.Equal([$"shop http.server.request.body.size{{{Labels}/a}} 2", "shop http.server.request.duration{http.route=/a} 2"], spans.Counts());
    }

    [Fact]
    public void Write_MoreSeriesThanTheLimit_AreOneOverflowSeries()
    {
        MeasuredSpans spans = new(limit: 3);
        for (int i = 0; i < 5; i++) spans.Serve(MeasuredSpans.Process(1), $"/{i}");
        spans.Serve(MeasuredSpans.Process(1), "/1");

        Assert.Equal(
            [$"{{{Labels}/0}} 1", $"{{{Labels}/1}} 2", "{overflow} 3"],
            spans.Counts().Where(c => c.Contains("duration", StringComparison.Ordinal)).Select(c => c[c.IndexOf('{', StringComparison.Ordinal)..]));
    }

    [Fact]
    public void Write_AMillionPathsAndTenThousandClients_StayCapped()
    {
        MeasuredSpans spans = new(new MeasurementPlan { AttributesOf = (_, _) => [Attributes.UrlPath, Attributes.ClientAddress] });
        TracedProcess process = MeasuredSpans.Process(1);
        Span span = spans.Begin(SpanFamilies.HttpServer);
        Span<byte> path = stackalloc byte[32], client = stackalloc byte[32];
        long full = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            if (i == 10_000) full = GC.GetAllocatedBytesForCurrentThread();
            int length = Write(path, "/orders/"u8, i), clientLength = Write(client, "192.0.2."u8, i % 10_000);
            spans.Begin(SpanFamilies.HttpServer).Set(Attributes.UrlPath, path[..length]).Set(Attributes.ClientAddress, client[..clientLength]);
            spans.Write(span, process);
        }
        long grown = GC.GetAllocatedBytesForCurrentThread() - full;

        SeriesTable table = Assert.Single(Assert.Single(spans.Metrics.Processes()).Tables);
        Assert.Equal(2000, table.Count);
        Assert.Equal(0, grown);
        Assert.Contains("shop http.server.request.duration{overflow} 998001", spans.Counts());

        static int Write(Span<byte> to, ReadOnlySpan<byte> prefix, int number)
        {
            prefix.CopyTo(to);
            number.TryFormat(to[prefix.Length..], out int digits, default, CultureInfo.InvariantCulture);
            return prefix.Length + digits;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_SteadyState_AllocatesNothing(bool exponential)
    {
        MetricFeatures all = MetricFeatures.Application | MetricFeatures.Span | MetricFeatures.SpanOtel | MetricFeatures.SpanSizes | MetricFeatures.ServiceGraph;
        MeasuredSpans spans = new(new MeasurementPlan { Features = all, NamesOf = _ => MetricNames.Current | MetricNames.BeylaV1, ReportPeer = true }, exponential: exponential);
        TracedProcess server = MeasuredSpans.Process(1, ports: 8080), client = MeasuredSpans.Process(2);
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                spans.Write(
                    spans.Begin(SpanFamilies.HttpServer, i % 100).SetName("GET /a"u8).Set(Attributes.HttpRequestMethod, "GET"u8).Set(Attributes.HttpRoute, "/a"u8)
                        .Set(Attributes.ClientAddress, "127.0.0.1"u8).Set(Attributes.HttpRequestBodySize, i), server);
                spans.Write(
                    spans.Begin(SpanFamilies.RpcClient, i % 100, SpanKind.Client).SetName("a/B"u8).Set(Attributes.RpcMethod, "a/B"u8).Set(Attributes.RpcResponseStatusCode, "UNAVAILABLE"u8)
                        .Set(Attributes.ServerAddress, "127.0.0.1"u8).Set(Attributes.ServerPort, 8080), client);
            }
            spans.Metrics.Flush();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Flush_SeriesNotFedForItsTime_Ends()
    {
        MeasuredSpans spans = new();
        TracedProcess process = MeasuredSpans.Process(1);
        spans.Serve(process, "/old");
        spans.Serve(process, "/fed");
        spans.Time.Advance(TimeSpan.FromMinutes(4));
        spans.Metrics.Flush();
        spans.Serve(process, "/fed");
        Assert.Equal(4, spans.Counts().Count);

        spans.Time.Advance(TimeSpan.FromMinutes(2));
        spans.Metrics.Flush();
        Assert.Equal([$"shop http.server.request.body.size{{{Labels}/fed}} 2", $"shop http.server.request.duration{{{Labels}/fed}} 2"], spans.Counts());

        spans.Time.Advance(TimeSpan.FromMinutes(6));
        spans.Metrics.Flush();
        Assert.Empty(spans.Metrics.Processes());
    }

    [Fact]
    public void End_OfAProcess_ItsSeriesEndAMinuteLater()
    {
        MeasuredSpans spans = new();
        spans.Serve(MeasuredSpans.Process(1, "gone"));
        spans.Serve(MeasuredSpans.Process(2, "stays"));
        spans.Metrics.End(1);
        spans.Metrics.End(99);
        spans.Time.Advance(TimeSpan.FromSeconds(59));
        spans.Metrics.Flush();
        Assert.Equal(["gone", "stays"], spans.Metrics.Processes().Select(p => p.Process.Service.Name).Order());

        spans.Time.Advance(TimeSpan.FromSeconds(2));
        spans.Metrics.Flush();
        Assert.Equal(["stays"], spans.Metrics.Processes().Select(p => p.Process.Service.Name));
    }

    [Theory]
    [InlineData(ExemplarFilter.TraceBased, true)]
    [InlineData(ExemplarFilter.AlwaysOn, true)]
    [InlineData(ExemplarFilter.AlwaysOff, false)]
    internal void Write_Exemplars_AreTheLastSpanOfEachBucket(ExemplarFilter filter, bool kept)
    {
        MeasuredSpans spans = new(exemplars: filter);
        spans.Serve(MeasuredSpans.Process(1), milliseconds: 6);
        spans.Serve(MeasuredSpans.Process(1), milliseconds: 7);
        ExemplarReservoir? exemplars = spans.Single("http.server.request.duration").Exemplars;

        Assert.Equal(kept, exemplars is not null);
        if (!kept) return;
        Assert.False(exemplars!.TryGet(0, 0, out _));
        Assert.True(exemplars.TryGet(1, MeasuredSpans.End - 1, out Measurement exemplar));
        Assert.Equal((0.007, new TraceId(1, 2), new SpanId(3)), (exemplar.Value, exemplar.TraceId, exemplar.SpanId));
        Assert.False(exemplars.TryGet(1, MeasuredSpans.End, out _));
    }

    [Fact]
    public void Write_ServiceGraph_NamesTheServiceBehindALocalPort()
    {
        MeasuredSpans spans = new(new MeasurementPlan { Features = MetricFeatures.ServiceGraph });
        TracedProcess front = MeasuredSpans.Process(1, "front", "a", 8080), back = MeasuredSpans.Process(2, "back", null, 9090);
        spans.Write(spans.Begin(SpanFamilies.HttpServer).Set(Attributes.ClientAddress, "127.0.0.1"u8), back);
        spans.Write(spans.Begin(SpanFamilies.HttpClient, 1, SpanKind.Client).Set(Attributes.ServerAddress, "localhost"u8).Set(Attributes.ServerPort, 9090), front);
        spans.Write(spans.Begin(SpanFamilies.HttpClient, 1, SpanKind.Client).Set(Attributes.ServerAddress, "example.com"u8).Set(Attributes.ServerPort, 443).Fail("timeout"u8), front);

        const string p = "traces_service_graph_request_";
        Assert.Equal(
            [
                $"back {p}server_seconds{{client=127.0.0.1,server=back,source=beyla}} 1",
                $"back {p}total{{client=127.0.0.1,server=back,source=beyla}} 1",
                $"front {p}client_seconds{{client=front,client_service_namespace=a,server=back,source=beyla}} 1",
                $"front {p}client_seconds{{client=front,client_service_namespace=a,server=example.com,source=beyla}} 1",
                $"front {p}failed_total{{client=front,client_service_namespace=a,server=example.com,source=beyla}} 1",
                $"front {p}total{{client=front,client_service_namespace=a,server=example.com,source=beyla}} 1",
            ], spans.Counts());
    }

    [Fact]
    public void Write_NamesOfBeyla1_AreTheOldOnes()
    {
        MeasuredSpans spans = new(new MeasurementPlan { NamesOf = _ => MetricNames.BeylaV1, ReportTarget = true, ReportPeer = true });
        TracedProcess process = MeasuredSpans.Process(1);
        spans.Serve(process, status: 404);
        spans.Write(
            spans.Begin(SpanFamilies.RpcServer).Set(Attributes.RpcSystemName, "grpc"u8).Set(Attributes.RpcMethod, "shop.Cart/Add"u8)
                .Set(Attributes.RpcResponseStatusCode, "UNAVAILABLE"u8).Set(Attributes.ClientAddress, "192.0.2.9"u8), process);
        spans.Write(spans.Begin(SpanFamilies.DbClient, 1, SpanKind.Client).Set(Attributes.DbOperationName, "SELECT"u8), process);

        const string http = "{http.request.method=GET,http.response.status_code=404,url.path=/orders/17,client.address=192.0.2.1,http.route=/orders/{id}} 1";
        Assert.Equal(
            [
                $"shop http.server.duration{http}", $"shop http.server.request.size{http}",
                "shop rpc.server.duration{rpc.method=/shop.Cart/Add,rpc.system=grpc,rpc.grpc.status_code=14,client.address=192.0.2.9} 1",
                "shop sql.client.duration{db.operation=SELECT} 1",
            ], spans.Counts());
    }
}

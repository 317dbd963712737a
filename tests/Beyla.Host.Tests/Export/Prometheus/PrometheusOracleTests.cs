using System.Text;
using Beyla.Host.Attachment;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Prometheus;
using Beyla.Host.Metrics;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Metrics;
using Beyla.Host.Tests.Spans;
using Beyla.Host.Configuration;
using Beyla.Host.Tests.Export.Otlp;
using Beyla.Testing.Otlp;
using Beyla.Testing.Prometheus;
using EndToEnd.Harness;

namespace Beyla.Host.Tests.Export.Prometheus;

/// <summary>What Debian's prometheus makes of the pages: it scrapes OpenMetrics, and promtool reads the text format.</summary>
public sealed class PrometheusOracleTests
{
    private const MetricFeatures AllFeatures =
        MetricFeatures.Application | MetricFeatures.Span | MetricFeatures.SpanOtel | MetricFeatures.SpanSizes | MetricFeatures.ServiceGraph;

    [PrometheusFact]
    public async Task Prometheus_ScrapesAPage_PromQlAnswersAreRight()
    {
        MeasuredSpans spans = new(new MeasurementPlan { Features = AllFeatures });
        int port = LoopbackPort.Free();
        using PrometheusServer server = PrometheusServer.Start([new("127.0.0.1", port, "/metrics", [Source(spans)])]);
        TracedProcess front = MeasuredSpans.Process(1, "front", "shop", 1), back = MeasuredSpans.Process(2, "back", "shop", 9090);
        for (int i = 0; i < 60; i++) spans.Serve(front, milliseconds: 20);
        for (int i = 0; i < 40; i++) spans.Serve(front, status: 404, milliseconds: 60);
        for (int i = 0; i < 7; i++) spans.Serve(back);
        for (int i = 0; i < 3; i++)
            spans.Write(spans.Begin(SpanFamilies.HttpClient, 5, SpanKind.Client).SetName("GET"u8).Set(Attributes.ServerAddress, "127.0.0.1"u8).Set(Attributes.ServerPort, 9090), front);
        await using PrometheusOracle prometheus = await PrometheusOracle.StartAsync(port);

        await prometheus.ShouldBeAsync("sum(http_server_request_duration_seconds_count{service_name='front'})", 100);
        await prometheus.ShouldBeAsync("http_server_request_duration_seconds_count{job='shop/front',http_response_status_code='404',http_route='/orders/{id}'}", 40);
        await prometheus.ShouldBeAsync("http_server_request_duration_seconds_sum{http_response_status_code='404'}", 2.4);
        // Half of 100 lies at 50 of the 60 in (0.01, 0.025]; 90 at 30 of the 40 in (0.05, 0.075].
        await prometheus.ShouldBeAsync("histogram_quantile(0.5, sum by (le) (http_server_request_duration_seconds_bucket{service_name='front'}))", 0.01 + 0.015 * 50 / 60);
        await prometheus.ShouldBeAsync("histogram_quantile(0.9, sum by (le) (http_server_request_duration_seconds_bucket{service_name='front'}))", 0.05 + 0.025 * 30 / 40);
        await prometheus.ShouldBeAsync("http_server_request_body_size_bytes_bucket{service_name='back',le=~'64|64.0'}", 0);
        await prometheus.ShouldBeAsync("http_server_request_body_size_bytes_bucket{service_name='back',le=~'128|128.0'}", 7);
        await prometheus.ShouldBeAsync("sum(traces_spanmetrics_calls_total{span_kind='SPAN_KIND_SERVER',status_code='STATUS_CODE_UNSET'})", 107);
        await prometheus.ShouldBeAsync("traces_service_graph_request_total{client='192.0.2.1',server='front'}", 100);
        await prometheus.ShouldBeAsync("traces_service_graph_request_client_seconds_count{client='front',server='back'}", 3);
        await prometheus.ShouldBeAsync("sum by (host_name) (http_server_request_duration_seconds_count{service_name='back'} * on (job, instance) group_left (host_name) target_info)", 7);
        await prometheus.ShouldBeAsync("count(target_info)", 2);
        await prometheus.ShouldBeAsync("count(traces_target_info)", 2);
    }

    [PrometheusFact]
    public async Task Prometheus_ScrapesExemplars_FindsTheirTraces()
    {
        MeasuredSpans spans = new();
        int port = LoopbackPort.Free();
        using PrometheusServer server = PrometheusServer.Start([new("127.0.0.1", port, "/metrics", [Source(spans)])]);
        await using PrometheusOracle prometheus = await PrometheusOracle.StartAsync(port);
        Span span = spans.Begin(SpanFamilies.HttpServer);
        ulong now = (ulong)(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
        spans.Metrics.Write(span.SetTimes(now - 20_000_000, now), new SpanContext("net-http", MeasuredSpans.Process(1), 0));

        await Eventually.TrueAsync(
            async () => (await prometheus.ExemplarsAsync("http_server_request_duration_seconds_bucket"))
                .Any(e => e["labels"]!["trace_id"]!.GetValue<string>() == "01000000000000000200000000000000" && e["value"]!.GetValue<string>() == "0.02"),
            TimeSpan.FromSeconds(30), () => "the exemplar is not there");
    }

    [PrometheusFact]
    public async Task Promtool_ChecksAllMetrics_FindsNothing()
    {
        MeasuredSpans spans = new(new MeasurementPlan { NamesOf = _ => MetricNames.Current | MetricNames.BeylaV1 });
        TracedProcess process = MeasuredSpans.Process(1);
        spans.Serve(process);
        foreach (SpanFamily family in new[] { SpanFamilies.HttpClient, SpanFamilies.RpcClient, SpanFamilies.RpcServer, SpanFamilies.DbClient })
            spans.Write(spans.Begin(family).Set(Attributes.HttpRequestBodySize, 1).Set(Attributes.HttpResponseBodySize, 2), process);

        Assert.Equal("", await PrometheusOracle.CheckAsync(Page(Source(spans))));
    }

    [PrometheusFact]
    public async Task Promtool_ChecksTheAgentsOwnMetrics_FindsNothing()
    {
        LossLedger losses = new();
        losses.Count("net-http", "ring-full", 2);
        losses.Count("net-http", "ring-full");
        losses.Sources.Add(() => [("net-http", "events", 5), ("net-http", "half-seen", 4), ("net-http", "ring-full", 1)]);
        SpanCounts counts = new();
        counts.Write(new Span(_ => { }), new SpanContext("net-http", MeasuredSpans.Process(1), 0));
        string page = Page(new AgentMetricsSource("1.2.3", [], [new TracerHost(new EchoTracer(), 1)], new TracedProcesses(TimeProvider.System), counts, losses));

        Assert.Equal("", await PrometheusOracle.CheckAsync(page));
        Assert.Equal(
            [
                "beyla_bpf_events_total{tracer=\"net-http\"} 5", "beyla_instrumented_processes 0", "beyla_lost_total{source=\"net-http\",reason=\"ring-full\"} 4",
                "beyla_noted_total{source=\"net-http\",reason=\"half-seen\"} 4", "beyla_prometheus_http_requests_total 1", "beyla_spans_total{tracer=\"net-http\"} 1",
                "beyla_tracer_info{tracer=\"echo\",state=\"idle\"} 1",
            ], page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#' && !l.Contains("build", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [PrometheusFact]
    public async Task Promtool_ChecksTheExportersMetrics_FindsNothing()
    {
        if (OtlpOracle.Missing is not null) return;
        using OtlpOracle oracle = new();
        await using Collector collector = await Collector.StartAsync(oracle);
        using MetricExporting exporting = new(collector);
        collector.Next.Enqueue(Behaviours.Status(400));
        for (int i = 0; i < 2; i++)
        {
            exporting.Spans.Serve(MeasuredSpans.Process(1));
            await exporting.PassIntervalAsync();
        }
        string page = Page(new ExportMetricsSource([exporting.Sender], exporting.Losses));

        Assert.Equal("", await PrometheusOracle.CheckAsync(page));
        string labels = $"otel_component_type=\"otlp_http_metric_exporter\",otel_component_name=\"otlp_http_metric_exporter/0\",server_address=\"127.0.0.1\",server_port=\"{new Uri(collector.HttpEndpoint).Port}\"";
        string[] lines = page.Split('\n');
        Assert.Contains($"otel_sdk_exporter_metric_data_point_inflight{{{labels}}} 0", lines);
        Assert.Contains($"otel_sdk_exporter_metric_data_point_exported_total{{{labels}}} 2", lines);
        Assert.Contains($"otel_sdk_exporter_metric_data_point_exported_total{{{labels},error_type=\"refused\"}} 2", lines);
        Assert.Contains($"otel_sdk_exporter_operation_duration_seconds_count{{{labels}}} 1", lines);
        Assert.Contains($"otel_sdk_exporter_operation_duration_seconds_count{{{labels},error_type=\"_OTHER\"}} 1", lines);
    }

    [PrometheusFact]
    public async Task Promtool_ChecksTheSpanExportersMetrics_FindsNothing()
    {
        if (OtlpOracle.Missing is not null) return;
        using OtlpOracle oracle = new();
        await using Collector collector = await Collector.StartAsync(oracle);
        using Exporting exporting = new(new OtlpOptions { Endpoint = collector.HttpEndpoint + "/v1/traces" }, batch: 5, queue: 10);
        exporting.Write(5);
        await Eventually.TrueAsync(() => collector.Spans.Count == 5 && exporting.Sender.IsIdle, Eventually.Soon, () => "nothing arrived");
        exporting.Write(2);
        string page = Page(new ExportMetricsSource([exporting.Sender], exporting.Losses));

        Assert.Equal("", await PrometheusOracle.CheckAsync(page));
        const string labels = "otel_component_type=\"batching_span_processor\",otel_component_name=\"batching_span_processor/0\"";
        string[] lines = page.Split('\n');
        Assert.Contains($"otel_sdk_processor_span_queue_size{{{labels}}} 2", lines);
        Assert.Contains($"otel_sdk_processor_span_queue_capacity{{{labels}}} 10", lines);
        Assert.Contains($"otel_sdk_processor_span_processed_total{{{labels}}} 5", lines);
    }

    private static SpanMetricsSource Source(MeasuredSpans spans) =>
        new(spans.Metrics, new ProcessResources("node7", "1.2.3", []), new ResourceLabels(beylaV1: false), AllFeatures);

    private static string Page(IMetricsSource source)
    {
        Exposition page = new();
        page.Begin(ExpositionFormat.Text);
        source.WriteTo(page);
        page.End();
        return Encoding.UTF8.GetString(page.Written);
    }
}

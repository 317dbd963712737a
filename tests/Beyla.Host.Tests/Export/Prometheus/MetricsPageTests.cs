using System.Net;
using System.Text;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Prometheus;
using Beyla.Host.Identity;
using Beyla.Host.Metrics;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Metrics;
using EndToEnd.Harness;

namespace Beyla.Host.Tests.Export.Prometheus;

/// <summary>The text of the pages, and how they are served.</summary>
public sealed class MetricsPageTests
{
    private const string Job = "job=\"test/shop\",instance=\"node7:101:77\",service_name=\"shop\",service_namespace=\"test\"";

    [Fact]
    public void Page_Text_HoldsFamiliesSeriesAndTarget()
    {
        MeasuredSpans spans = new(new MeasurementPlan { DurationBoundaries = [0.005, 1], SizeBoundaries = [64] });
        spans.Serve(MeasuredSpans.Process(1), milliseconds: 20);
        spans.Serve(MeasuredSpans.Process(1), milliseconds: 2000);

        const string labels = Job + ",http_request_method=\"GET\",url_scheme=\"http\",http_response_status_code=\"200\",http_route=\"/orders/{id}\"";
        Assert.Equal("""
            # HELP http_server_request_duration_seconds Duration of HTTP server requests.
            # TYPE http_server_request_duration_seconds histogram
            http_server_request_duration_seconds_bucket{LABELS,le="0.005"} 0
            http_server_request_duration_seconds_bucket{LABELS,le="1"} 1
            http_server_request_duration_seconds_bucket{LABELS,le="+Inf"} 2
            http_server_request_duration_seconds_sum{LABELS} 2.02
            http_server_request_duration_seconds_count{LABELS} 2
            # HELP http_server_request_body_size_bytes Size of HTTP server request bodies.
            # TYPE http_server_request_body_size_bytes histogram
            http_server_request_body_size_bytes_bucket{LABELS,le="64"} 0
            http_server_request_body_size_bytes_bucket{LABELS,le="+Inf"} 2
            http_server_request_body_size_bytes_sum{LABELS} 200
            http_server_request_body_size_bytes_count{LABELS} 2
            # HELP target_info Attributes of the process, for joins by job and instance.
            # TYPE target_info gauge
            target_info{job="test/shop",instance="node7:101:77",a_b="1;2",HOSThost_name="node7",os_type="linux",process_executable_name="shop",process_executable_path="/srv/shop",process_pid="101",telemetry_distro_name="beyla",telemetry_distro_version="1.2.3",telemetry_sdk_language="go",telemetry_sdk_name="beyla",telemetry_sdk_version="1.2.3"} 1

            """.Replace("LABELS", labels, StringComparison.Ordinal).Replace("HOST", HostId(), StringComparison.Ordinal), Page(spans, ExpositionFormat.Text));
    }

    /// <summary>A machine need not have an id.</summary>
    private static string HostId() => HostAttributes.All.Where(a => a.Key == "host.id").Select(a => $"host_id=\"{a.Value}\",").SingleOrDefault() ?? "";

    [Fact]
    public void Page_OpenMetrics_HasUnitsExemplarsAndAnEnd()
    {
        const MetricFeatures features = MetricFeatures.Application | MetricFeatures.Span;
        MeasuredSpans spans = new(new MeasurementPlan { Features = features, DurationBoundaries = [1] });
        spans.Serve(MeasuredSpans.Process(1), milliseconds: 20);
        string page = Page(spans, ExpositionFormat.OpenMetrics, features);

        Assert.Contains("# UNIT http_server_request_duration_seconds seconds\n", page, StringComparison.Ordinal);
        Assert.Contains(",le=\"1.0\"} 1 # {trace_id=\"01000000000000000200000000000000\",span_id=\"0300000000000000\"} 0.02 1728000001.000\n", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE traces_spanmetrics_calls counter\ntraces_spanmetrics_calls_total{", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE target info\ntarget_info{", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE traces_target info\n", page, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_SeriesIdleForLongerThanItsTtl_IsLeftOutUntilItGoesOn()
    {
        MeasuredSpans spans = new();
        SpanMetricsSource source = Source(spans, ttl: TimeSpan.FromMinutes(1));
        spans.Serve(MeasuredSpans.Process(1));
        spans.Time.Advance(TimeSpan.FromMinutes(2));
        spans.Metrics.Flush();
        Assert.DoesNotContain("http_server_request_duration_seconds_count", Page(source), StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_count", Page(spans, ExpositionFormat.Text), StringComparison.Ordinal);

        spans.Serve(MeasuredSpans.Process(1));
        Assert.Contains("http_route=\"/orders/{id}\"} 2\n", Page(source), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_ValuesWithSpecialCharacters_AreEscapedAndRepaired()
    {
        MeasuredSpans spans = new();
        Span span = spans.Begin(SpanFamilies.HttpServer).Set(Attributes.HttpRoute, "/a\"b\\c\nd"u8).Set(Attributes.HttpRequestMethod, [(byte)'x', 0xff]);
        spans.Write(span, MeasuredSpans.Process(1));

        Assert.Contains("http_request_method=\"x\uFFFD\",http_route=\"/a\\\"b\\\\c\\nd\"", Page(spans, ExpositionFormat.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_AttributesOfAPlugin_NeverCollideWithOtherLabels()
    {
        SpanFamily family = new("acme", new DurationMetric("acme.duration", "Calls.", [1], [new("job"), new("le"), new("a.b"), new("a_b")]));
        MeasuredSpans spans = new();
        Span span = spans.Begin(family);
        foreach (AttributeKey key in family.Duration!.Attributes) span.Set(key, "v"u8);
        spans.Write(span, MeasuredSpans.Process(1));

        Assert.Contains(",job_=\"v\",le_=\"v\",a_b=\"v\",a_b_=\"v\",le=\"1\"} 1", Page(spans, ExpositionFormat.Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_Requests_AreAnsweredByPathMethodAndFormat()
    {
        MeasuredSpans spans = new();
        spans.Serve(MeasuredSpans.Process(1));
        int port = LoopbackPort.Free(), internalPort = LoopbackPort.Free();
        using PrometheusServer server = PrometheusServer.Start(
            [new("127.0.0.1", port, "/metrics", [Source(spans)]), new("127.0.0.1", internalPort, "/internal/metrics", [])]);
        using HttpClient client = new();

        using HttpResponseMessage page = await client.GetAsync($"http://127.0.0.1:{port}/metrics?name=x");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        Assert.Equal(Page(spans, ExpositionFormat.Text), await page.Content.ReadAsStringAsync());

        using HttpRequestMessage open = new(HttpMethod.Get, $"http://127.0.0.1:{port}/metrics");
        open.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        using HttpResponseMessage openPage = await client.SendAsync(open);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", openPage.Content.Headers.ContentType!.ToString());
        Assert.Equal(Page(spans, ExpositionFormat.OpenMetrics), await openPage.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, port, "/internal/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, internalPort, "/internal/metrics"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusAsync(HttpMethod.Post, port, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Head, port, "/metrics"));

        async Task<HttpStatusCode> StatusAsync(HttpMethod method, int on, string path)
        {
            using HttpRequestMessage request = new(method, $"http://127.0.0.1:{on}{path}");
            using HttpResponseMessage answer = await client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public void Server_PortIsTaken_SaysWhichAndWhatToDo()
    {
        using System.Net.Sockets.TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => PrometheusServer.Start([new("127.0.0.1", port, "/metrics", [])]));
        Assert.StartsWith($"cannot serve metrics for Prometheus on port {port}: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("; choose another port (BEYLA_PROMETHEUS_PORT) or address.", e.Message, StringComparison.Ordinal);
    }

    private static SpanMetricsSource Source(MeasuredSpans spans, MetricFeatures features = MetricFeatures.Application, TimeSpan? ttl = null) => new(
        spans.Metrics, new ProcessResources("node7", "1.2.3", [new("a.b", "1"), new("a_b", "2")]), new ResourceLabels(beylaV1: false), features, ttl);

    private static string Page(MeasuredSpans spans, ExpositionFormat format, MetricFeatures features = MetricFeatures.Application) => Page(Source(spans, features), format);

    private static string Page(SpanMetricsSource source, ExpositionFormat format = ExpositionFormat.Text)
    {
        Exposition page = new();
        page.Begin(format);
        source.WriteTo(page);
        page.End();
        return Encoding.UTF8.GetString(page.Written);
    }
}

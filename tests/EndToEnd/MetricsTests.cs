using System.Globalization;
using Beyla.Testing.Otlp;
using Beyla.Testing.Prometheus;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Metrics of a real program, as Debian's prometheus and OpenTelemetry's decoder read them.</summary>
public sealed class MetricsTests
{
    [PrometheusTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Agent_PrometheusPort_ServesTheRequestsOfTheTarget(Release release)
    {
        int port = LoopbackPort.Free();
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.Variables = Variables(port));
        await using PrometheusOracle prometheus = await PrometheusOracle.StartAsync(port);
        for (int i = 0; i < 3; i++) await target.Requests.GetAsync("/slow?ms=30", "/missing");
        await target.Requests.SendAsync("POST", "/echo", new string('x', 1000));
        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());

        const string server = "http_request_method='GET',http_response_status_code='404',service_name='testserver',service_namespace='integration-test'";
        await prometheus.ShouldBeAsync($"sum(http_server_request_duration_seconds_count{{{server}}})", 3);
        await prometheus.ShouldBeAsync("sum(http_server_request_duration_seconds_count{service_name='testserver'})", 7);
        Assert.InRange((await prometheus.ValueAsync("sum(http_server_request_duration_seconds_sum{http_response_status_code='200',http_request_method='GET'})"))!.Value, 0.09, 30);
        await prometheus.ShouldBeAsync("sum(http_server_request_body_size_bytes_sum{http_request_method='POST'})", 1000);
        await prometheus.ShouldBeAsync("sum(traces_spanmetrics_calls_total{source='beyla'})", 7);
        await prometheus.ShouldBeAsync("sum(traces_service_graph_request_total{client='127.0.0.1',server='testserver'})", 7);
        await prometheus.ShouldBeAsync(string.Create(CultureInfo.InvariantCulture, $"count(target_info{{process_pid='{target.Pid}',telemetry_sdk_language='go'}})"), 1);
        await prometheus.ShouldBeAsync("beyla_spans_total{tracer='net-http'}", 7);
        await prometheus.ShouldBeAsync("beyla_instrumented_processes", 1);
        await prometheus.ShouldBeAsync("count(process_cpu_time_seconds_total{service_name='testserver'})", 2);
        await prometheus.ShouldBeAsync("count(process_memory_usage_bytes > 1000000)", 1);
        await prometheus.ShouldBeAsync("count(beyla_plugin_info{state='ok'}) > bool 3", 1);
        await prometheus.ShouldBeAsync("count(beyla_bpf_probe_missed_total{tracer='net-http'}) > bool 1", 1);

        HashSet<string> printed = [.. agent.Spans.Select(s => s.TraceId)];
        await Eventually.TrueAsync(
            async () => (await prometheus.ExemplarsAsync("http_server_request_duration_seconds_bucket")) is { Count: > 0 } exemplars
                && exemplars.All(e => printed.Contains(e["labels"]!["trace_id"]!.GetValue<string>())),
            Eventually.Soon, () => "there are no exemplars, or their traces are not those of the spans");
        await agent.StopAsync();
    }

    [PrometheusTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Agent_NamesOfBeyla1_ServesTheOldLabels(Release release)
    {
        int port = LoopbackPort.Free();
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.Variables = new Dictionary<string, string>(Variables(port))
        {
            ["BEYLA_COMPAT_METRIC_NAMES"] = "beyla-v1",
            ["BEYLA_METRICS_REPORT_TARGET"] = "true",
            ["BEYLA_METRICS_REPORT_PEER"] = "true",
        });
        await using PrometheusOracle prometheus = await PrometheusOracle.StartAsync(port);
        for (int i = 0; i < 3; i++) await target.Requests.GetAsync("/missing");
        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());

        const string labels = "{http_request_method='GET',http_response_status_code='404',url_path='/missing',client_address='127.0.0.1',"
            + "service_name='testserver',service_namespace='integration-test',target_instance!=''}";
        await prometheus.ShouldBeAsync($"http_server_duration_seconds_count{labels}", 3);
        await prometheus.ShouldBeAsync($"http_server_request_size_bytes_count{labels}", 3);
        await prometheus.ShouldBeAsync("count(http_server_request_duration_seconds_count) or vector(0)", 0);
        await agent.StopAsync();
    }

    [PrometheusTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Agent_TwoCopiesOfAProgram_OnlyTheSelectedOneIsCounted(Release release)
    {
        int port = LoopbackPort.Free();
        await using TargetProcess selected = await Programs.HttpAsync(release);
        await using TargetProcess other = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(selected, o => o.Variables = Variables(port));
        await using PrometheusOracle prometheus = await PrometheusOracle.StartAsync(port);
        for (int i = 0; i < 3; i++)
        {
            await other.Requests.GetAsync("/silent");
            await selected.Requests.GetAsync("/hello");
        }
        await agent.SpansShouldBeAsync(selected.Requests.ServerSpans());

        await prometheus.ShouldBeAsync("sum(http_server_request_duration_seconds_count)", 3);
        await prometheus.ShouldBeAsync("count(target_info)", 1);
        await agent.StopAsync();
    }

    [PrometheusTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Agent_RuntimeMetrics_TellOfATargetThatServesNothing(Release release)
    {
        int port = LoopbackPort.Free();
        await using TargetProcess target = await Programs.HttpAsync(release, variables: new Dictionary<string, string> { ["GOMAXPROCS"] = "3", ["GOMEMLIMIT"] = "1GiB" });
        await using Agent agent = await Agent.StartAsync(
            target, o => o.Variables = new Dictionary<string, string>(Variables(port)) { ["BEYLA_METRICS_FEATURES"] = "application_runtime" });
        await using PrometheusOracle prometheus = await PrometheusOracle.StartAsync(port);

        await prometheus.ShouldBeAsync("go_processor_limit{service_name='testserver',service_namespace='integration-test'}", 3);
        await prometheus.ShouldBeAsync("go_memory_limit_bytes{service_name='testserver'}", 1 << 30);
        await prometheus.ShouldBeAsync("count(go_goroutine_count > 0)", 1);
        await prometheus.ShouldBeAsync("count(go_memory_used_bytes > 100000)", 1);
        await prometheus.ShouldBeAsync("count(go_memory_allocated_bytes_total > 0)", 1);
        await agent.StopAsync();
    }

    [OtlpTheory, MemberData(nameof(OtlpTests.Protocols), MemberType = typeof(OtlpTests))]
    public async Task Agent_OtlpEndpoint_SendsTheMetricsOfTheTarget(Release release, string protocol)
    {
        using OtlpOracle oracle = new();
        await using Collector collector = await Collector.StartAsync(oracle);
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.Variables = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = protocol == "grpc" ? collector.GrpcEndpoint : collector.HttpEndpoint + "/v1/metrics",
            ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] = protocol,
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"] = "delta",
            ["OTEL_SERVICE_NAME"] = "testserver",
        });
        for (int i = 0; i < 5; i++) await target.Requests.GetAsync("/hello");
        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await Eventually.TrueAsync(() => Counted(collector) >= 5, Eventually.Soon, () => $"{Counted(collector)} of 5 requests were counted.\n{agent.Log}");
        await agent.StopAsync();

        Assert.Equal(5, Counted(collector));
        Assert.Empty(collector.AcceptedTraces);
    }

    private static long Counted(Collector collector) => collector.Accepted.SelectMany(e => DecodedMetrics.All(e.Content!))
        .Where(p => p.Service == "testserver" && p.Metric["name"]!.GetValue<string>() == "http.server.request.duration")
        .Sum(p => long.Parse(p.Point["count"]!.GetValue<string>(), CultureInfo.InvariantCulture));

    private static Dictionary<string, string> Variables(int port) => new()
    {
        ["BEYLA_PROMETHEUS_PORT"] = port.ToString(CultureInfo.InvariantCulture),
        ["OTEL_EXPORTER_PROMETHEUS_HOST"] = "127.0.0.1",
        ["BEYLA_METRICS_FEATURES"] = "application,application_span,application_service_graph,application_process",
        ["BEYLA_SERVICE_NAME"] = "testserver",
        ["BEYLA_SERVICE_NAMESPACE"] = "integration-test",
    };
}

/// <summary>A test that runs the agent and Debian's prometheus; skipped with the reason where one of them is impossible.</summary>
[AttributeUsage(AttributeTargets.Method)]
[Xunit.Sdk.XunitTestCaseDiscoverer("EndToEnd.Harness.ReleaseTheoryDiscoverer", "EndToEnd")]
internal sealed class PrometheusTheoryAttribute : ReleaseTheoryAttribute
{
    public PrometheusTheoryAttribute() => Skip = Requirement.ForProbes ?? PrometheusOracle.Missing;
}

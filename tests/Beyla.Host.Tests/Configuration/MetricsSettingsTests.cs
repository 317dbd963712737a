using Beyla.Host.Configuration;
using Beyla.Host.Metrics;

namespace Beyla.Host.Tests.Configuration;

/// <summary>What the settings of metrics mean together.</summary>
public class MetricsSettingsTests
{
    [Theory]
    [InlineData("prometheus", 9464, "None")]
    [InlineData("otlp, prometheus", 9464, "Otlp")]
    [InlineData("otlp", 0, "Otlp")]
    [InlineData("none", 0, "None")]
    public void MetricsExporter_NamesPrometheus_OpensItsRegisteredPort(string variable, int port, string exporter)
    {
        BeylaOptions options = new ConfigurationSources { Environment = { ["OTEL_METRICS_EXPORTER"] = variable } }.Options();
        Assert.Equal((port, exporter), (options.Prometheus.Port, options.MetricsExport.Otlp.Exporter.ToString()));
    }

    [Fact]
    public void MetricsExporter_WithoutPrometheus_LeavesThePortOfTheFile()
    {
        ConfigurationSources sources = new() { Toml = "[prometheus_export]\nport = 9400", Environment = { ["OTEL_METRICS_EXPORTER"] = "otlp" } };
        Assert.Equal(9400, sources.Options().Prometheus.Port);
    }

    [Fact]
    public void Endpoint_ForAllSignals_IsThatOfMetricsToo()
    {
        ConfigurationSources sources = new() { Environment = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://c:4318/base/", ["OTEL_METRIC_EXPORT_INTERVAL"] = "1500" } };
        Assert.Equal("http://c:4318/base/v1/metrics", sources.Options().MetricsExport.Otlp.Endpoint);
        Assert.Equal(TimeSpan.FromSeconds(1.5), sources.Options().MetricsExport.Interval);
    }

    [Theory]
    [InlineData("", "current", "http.server", "Current")]
    [InlineData("http/dup", "current", "http.client", "Current, BeylaV1")]
    [InlineData("http/dup", "current", "db.client", "Current")]
    [InlineData("database/dup,unknown", "beyla-v1", "db.client", "Current, BeylaV1")]
    [InlineData("http", "beyla-v1", "rpc.server", "BeylaV1")]
    public void NamesOf_OptInAndCompatibility_DecideForEachKind(string optIn, string names, string family, string expected)
    {
        ConfigurationSources sources = new() { Environment = { ["OTEL_SEMCONV_STABILITY_OPT_IN"] = optIn, ["BEYLA_COMPAT_METRIC_NAMES"] = names } };
        Assert.Equal(expected, sources.Options().Metrics.NamesOf(family).ToString());
    }

    [Theory]
    [InlineData("BEYLA_METRICS_FEATURES", "application,network", "'network' cannot be switched on: this version measures no network flows")]
    [InlineData("BEYLA_METRICS_FEATURES", "aplication", "'aplication' is none of application, application_span, application_span_otel, application_span_sizes, "
        + "application_service_graph, application_process, application_runtime; did you mean 'application'?")]
    [InlineData("BEYLA_METRICS_DURATION_BUCKETS", "1,1", "1 does not lie above 1; boundaries ascend")]
    [InlineData("BEYLA_METRICS_DURATION_BUCKETS", "1,x", "'x' is not a number")]
    [InlineData("BEYLA_METRICS_CARDINALITY_LIMIT", "1", "there must be room for one series and that of what has no room: 2")]
    [InlineData("BEYLA_PROMETHEUS_PORT", "70000", "'70000' is not a port (1-65535) or 0 for none")]
    [InlineData("BEYLA_PROMETHEUS_PATH", "metrics", "'metrics' is not a path like /metrics")]
    [InlineData("OTEL_EXPORTER_PROMETHEUS_HOST", "example.com", "'example.com' is neither an IP address nor localhost")]
    public void Load_Mistake_IsToldInOneSentence(string variable, string text, string sentence)
    {
        ConfigurationSources sources = new() { Environment = { [variable] = text } };
        sources.Load();
        Assert.Equal([$"{variable}: {sentence}"], sources.Errors);
    }

    [Theory]
    [InlineData("", false, false, false)]
    [InlineData("BEYLA_PROMETHEUS_PORT=9400", true, true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", true, true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram", true, false, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 BEYLA_PROMETHEUS_PORT=9400 OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram", true, true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_METRICS_EXPORTER=none", false, false, false)]
    public void Aggregator_WhoReads_DecidesWhatIsKept(string variables, bool made, bool explicitForm, bool exponential)
    {
        ConfigurationSources sources = new();
        foreach (string[] variable in variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2))) sources.Environment[variable[0]] = variable[1];
        SpanMetrics? metrics = SpanMetricsFactory.Create(sources.Options(), TimeProvider.System);

        Assert.Equal(made, metrics is not null);
        if (metrics is not null) Assert.Equal(new HistogramForms(explicitForm, exponential), metrics.Limits.Forms);
    }
}

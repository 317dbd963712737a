using Beyla.Host.Export.Prometheus;
using Beyla.Host.Metrics;

namespace Beyla.Host.Tests.Export.Prometheus;

/// <summary>Names after the specification's page "Prometheus and OpenMetrics Compatibility".</summary>
public sealed class PrometheusNamesTests
{
    [Theory]
    [InlineData("http.server.request.duration", "s", "http_server_request_duration_seconds")]
    [InlineData("http.server.request.body.size", "By", "http_server_request_body_size_bytes")]
    [InlineData("acme.sent_bytes", "By", "acme_sent_bytes")]
    [InlineData("acme.rate", "By/s", "acme_rate_bytes_per_second")]
    [InlineData("acme.calls", "{call}", "acme_calls")]
    [InlineData("acme.calls", "{call}/s", "acme_calls_per_second")]
    [InlineData("acme..odd-name!", "", "acme_odd_name_")]
    [InlineData("2xx.count", "1", "_2xx_count")]
    [InlineData("acme.strange", "Fur/lo.ng", "acme_strange_Fur_per_lo_ng")]
    public void Family_OfAMetric_HasItsUnitOnce(string name, string unit, string expected) =>
        Assert.Equal(expected, PrometheusNames.Family(new MetricDefinition(name, "", unit, MetricKind.Histogram)));

    [Fact]
    public void Family_OfACounter_LeavesOutTotal() =>
        Assert.Equal("traces_calls", PrometheusNames.Family(new MetricDefinition("traces_calls_total", "", "", MetricKind.Counter) { IsPrometheusName = true }));

    [Theory]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("garbage;;;", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text;version=9.0.0,text/plain;q=0.1", false)]
    [InlineData("application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.5", false)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    public void Choose_AcceptHeader_TakesTheLikedFormat(string accept, bool openMetrics) =>
        Assert.Equal(openMetrics ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text, ExpositionFormats.Choose(accept));
}

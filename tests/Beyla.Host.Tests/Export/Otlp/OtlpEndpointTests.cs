using Beyla.Host.Configuration;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Tests.Configuration;

namespace Beyla.Host.Tests.Export.Otlp;

/// <summary>From variables to the place that requests go to (specification: OTLP exporter).</summary>
public class OtlpEndpointTests
{
    private const string Common = "OTEL_EXPORTER_OTLP_ENDPOINT", Traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    [Theory]
    [InlineData(Common, "http://c:4318", null, "http://c:4318/v1/traces (http/protobuf)")]
    [InlineData(Common, "http://c:4318/", null, "http://c:4318/v1/traces (http/protobuf)")]
    [InlineData(Common, "https://c/otlp", null, "https://c/otlp/v1/traces (http/protobuf)")]
    [InlineData(Common, "http://c:4318", "http/json", "http://c:4318/v1/traces (http/json)")]
    [InlineData(Traces, "http://c:4318", null, "http://c:4318/ (http/protobuf)")]
    [InlineData(Traces, "http://c:9/a/b", null, "http://c:9/a/b (http/protobuf)")]
    [InlineData(Common, "http://c:4317", null, "http://c:4317/ (grpc)")]
    [InlineData(Common, "http://c:4317", "http/protobuf", "http://c:4317/v1/traces (http/protobuf)")]
    [InlineData(Common, "http://c", "grpc", "http://c/ (grpc)")]
    [InlineData(Traces, "c:4317", null, "https://c:4317/ (grpc)")]
    [InlineData(Traces, "c", "grpc", "https://c:4317/ (grpc)")]
    [InlineData(Traces, "c", null, "https://c:4318/ (http/protobuf)")]
    [InlineData(Traces, "c:443", "grpc", "https://c/ (grpc)")]
    public void Endpoint_OfVariables_FollowsTheSpecification(string variable, string value, string? protocol, string expected)
    {
        ConfigurationSources sources = new() { Environment = { [variable] = value, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol ?? "" } };
        Assert.Equal(expected, Endpoint(sources));
    }

    [Fact]
    public void Endpoint_BothVariables_TheSignalsOwnWins() => Assert.Equal("http://t:1/ (http/protobuf)", Endpoint(new ConfigurationSources
    {
        Toml = "[otel_traces_export]\nendpoint = 'http://file:3'",
        Environment = { [Common] = "http://c:2", [Traces] = "http://t:1" },
    }));

    [Fact]
    public void Endpoint_Insecure_DecidesWhereThereIsNoScheme() => Assert.Equal("http://c:4317/ (grpc)", Endpoint(new ConfigurationSources
    {
        Environment = { [Traces] = "c", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc", ["OTEL_EXPORTER_OTLP_INSECURE"] = "true" },
    }));

    [Theory]
    [InlineData("", "", null)]
    [InlineData("otlp", "", "http://localhost:4318/v1/traces (http/protobuf)")]
    [InlineData("otlp", "grpc", "http://localhost:4317/ (grpc)")]
    public void Endpoint_NotGiven_IsOnlyUsedWhenTheExporterIsNamed(string exporter, string protocol, string? expected) => Assert.Equal(expected, Endpoint(
        new ConfigurationSources { Environment = { ["OTEL_TRACES_EXPORTER"] = exporter, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol } }));

    [Fact]
    public void Endpoint_ExporterIsNone_IsNotUsed() =>
        Assert.Null(Endpoint(new ConfigurationSources { Environment = { [Common] = "http://c:4318", ["OTEL_TRACES_EXPORTER"] = "none" } }));

    [Theory]
    [InlineData("ftp://c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'ftp://c' is no endpoint like http://collector:4318 or collector:4317")]
    [InlineData("http://", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://' is no endpoint like http://collector:4318 or collector:4317")]
    [InlineData("http://me:secret@c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: an endpoint holds no user or password; give them as a header")]
    public void Endpoint_Wrong_IsOneSentenceWithoutSecrets(string value, string expected) =>
        Assert.Equal([expected], new ConfigurationSources { Environment = { [Traces] = value } }.Mistakes());

    private static string? Endpoint(ConfigurationSources sources)
    {
        OtlpOptions options = sources.Options().TracesExport.Otlp;
        return OtlpEndpoint.Of(options, "v1/traces")?.ToString();
    }
}

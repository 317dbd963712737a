using Beyla.Host.Configuration.Tracers;
using Beyla.Host.Commands;
using Beyla.Host.Configuration;
using Beyla.Host.Tests.Configuration;

namespace Beyla.Host.Tests.Export.Otlp;

public class OtlpSettingsTests
{
    [Fact]
    public void Settings_OfVariables_AreReadLikeOpenTelemetryWritesThem()
    {
        BeylaOptions options = new ConfigurationSources
        {
            Environment =
            {
                ["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Basic%20YTpi, x-scope = a%2Cb",
                ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"] = "1500",
                ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "99",
                ["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip",
                ["OTEL_EXPORTER_OTLP_CLIENT_KEY"] = "/k.pem",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                ["OTEL_BSP_MAX_QUEUE_SIZE"] = "100",
                ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=prod,team=a%20b",
            },
        }.Options();

        Assert.Equal([new("authorization", "Basic YTpi"), new("x-scope", "a,b")], options.TracesExport.Otlp.Headers);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), options.TracesExport.Otlp.Timeout);
        Assert.Equal(OtlpCompression.Gzip, options.TracesExport.Otlp.Compression);
        Assert.Equal("/k.pem", options.TracesExport.Otlp.ClientKey);
        Assert.Equal((TimeSpan.FromMilliseconds(200), 100), (options.TracesExport.BatchTimeout, options.TracesExport.MaxQueueSize));
        Assert.Equal([new("deployment.environment.name", "prod"), new("team", "a b")], options.ResourceAttributes);
    }

    [Fact]
    public void Settings_OfTheFile_AreATable()
    {
        BeylaOptions options = new ConfigurationSources
        {
            Toml = """
                resource_attributes = { team = "a, b" }
                [otel_traces_export]
                endpoint = "http://c:4318/v1/traces"
                protocol = "http/json"
                insecure_skip_verify = true
                max_queue_size = 4096
                batch_timeout = "1s"
                [otel_traces_export.headers]
                authorization = "Bearer 50%"
                """,
        }.Options();

        Assert.Equal([new("authorization", "Bearer 50%")], options.TracesExport.Otlp.Headers);
        Assert.Equal([new("team", "a, b")], options.ResourceAttributes);
        Assert.Equal((OtlpProtocol.HttpJson, true), (options.TracesExport.Otlp.Protocol, options.TracesExport.Otlp.InsecureSkipVerify));
        Assert.Equal((4096, TimeSpan.FromSeconds(1)), (options.TracesExport.MaxQueueSize, options.TracesExport.BatchTimeout));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Show_Headers_AreMasked(bool json)
    {
        using StringWriter output = new();
        BeylaConfiguration configuration = new ConfigurationSources { Environment = { ["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=s3cret" } }.Load();
        ConfigCommands.Show(configuration, new TracerSettingsReader(configuration.Options), json, output, TextWriter.Null);

        Assert.Contains("***", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a=1,s3cret", "OTEL_EXPORTER_OTLP_HEADERS: part 2 is not like name=value; parts are separated by commas")]
    [InlineData("OTEL_BSP_MAX_QUEUE_SIZE", "0", "OTEL_BSP_MAX_QUEUE_SIZE: '0' is not a whole number from 1 to 2147483647")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http", "OTEL_EXPORTER_OTLP_PROTOCOL: 'http' is none of http/protobuf, http/json, grpc")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "ten", "OTEL_EXPORTER_OTLP_TIMEOUT: 'ten' is not a duration like 5s, 250ms or 1m")]
    public void Settings_Wrong_AreOneSentence(string variable, string value, string expected) =>
        Assert.Equal([expected], new ConfigurationSources { Environment = { [variable] = value } }.Mistakes());
}

using Beyla.Host.Configuration;
using Beyla.Testing.Otlp;

namespace Beyla.Host.Tests.Export.Otlp;

/// <summary>What a well-meaning server sees of each protocol.</summary>
public sealed class ProtocolTests : IDisposable
{
    private readonly OtlpOracle? _oracle = OtlpOracle.Missing is null ? new OtlpOracle() : null;

    public void Dispose() => _oracle?.Dispose();

    [OracleTheory]
    [InlineData("http/protobuf", "application/x-protobuf", "/v1/traces", false)]
    [InlineData("http/protobuf", "application/x-protobuf", "/v1/traces", true)]
    [InlineData("http/json", "application/json", "/v1/traces", false)]
    [InlineData("http/json", "application/json", "/v1/traces", true)]
    [InlineData("grpc", "application/grpc", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", false)]
    [InlineData("grpc", "application/grpc", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", true)]
    public async Task Request_OfEachProtocol_IsAsTheSpecificationWantsIt(string protocol, string contentType, string path, bool gzip)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        Exporting exporting = new(new OtlpOptions
        {
            Endpoint = protocol == "grpc" ? collector.GrpcEndpoint : collector.HttpEndpoint + "/v1/traces",
            Protocol = OtlpProtocols.All.First(p => p.Word == protocol).Value,
            Compression = gzip ? OtlpCompression.Gzip : OtlpCompression.None,
            Headers = [new("x-tenant", "a b")],
            Timeout = TimeSpan.FromSeconds(7),
        });
        exporting.Write(20).Dispose();

        CollectorExchange exchange = Assert.Single(collector.Accepted);
        Assert.Equal((path, contentType, "a b"), (exchange.Path, exchange.Headers["Content-Type"], exchange.Headers["x-tenant"]));
        Assert.StartsWith("OTel-OTLP-Exporter-", exchange.Headers["User-Agent"], StringComparison.Ordinal);
        if (protocol == "grpc") Assert.Equal(("trailers", "7000m"), (exchange.Headers["TE"], exchange.Headers["grpc-timeout"]));
        Assert.Equal(gzip ? "gzip" : null, exchange.Headers.GetValueOrDefault(protocol == "grpc" ? "grpc-encoding" : "Content-Encoding"));
        Assert.Equal(20, collector.Spans.Count);
        Assert.Empty(exporting.Lost);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Beyla.Host.Identity;
using Beyla.Host.Identity.OwnTelemetry;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Discovery;

namespace Beyla.Host.Tests.Identity.OwnTelemetry;

public sealed class OwnSignalsTests
{
    private const string GoTraces = "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc", GoMetrics = "go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", Java = "JAVA_TOOL_OPTIONS=-javaagent:/opt/opentelemetry-javaagent.jar";

    [Theory]
    [InlineData(Signals.All, Endpoint, Java)]
    [InlineData(Signals.Traces, Endpoint, Java, "OTEL_METRICS_EXPORTER=none")]
    [InlineData(Signals.Metrics, Java, "OTEL_METRICS_EXPORTER=otlp")]
    [InlineData(Signals.Traces, Java, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c")]
    [InlineData(Signals.Traces, Java, Endpoint, "OTEL_TRACES_EXPORTER=console,otlp", "OTEL_METRICS_EXPORTER=prometheus")]
    [InlineData(Signals.None, Java, Endpoint, "OTEL_SDK_DISABLED=TRUE")]
    [InlineData(Signals.None, Java)]
    [InlineData(Signals.None, Endpoint)]
    [InlineData(Signals.None)]
    [InlineData(Signals.All, Endpoint, "CORECLR_PROFILER={918728dd-259f-4a6a-ac2b-b85e1b658318}")]
    [InlineData(Signals.All, Endpoint, "NODE_OPTIONS=--require @opentelemetry/auto-instrumentations-node/register")]
    [InlineData(Signals.All, Endpoint, "PYTHONPATH=/usr/lib/python3/opentelemetry/instrumentation/auto_instrumentation:/srv")]
    [InlineData(Signals.All, Endpoint, "OTEL_PHP_AUTOLOAD_ENABLED=true")]
    public void Decide_Variables_AnAgentAndADestinationTogetherExport(object expected, params string[] variables) =>
        Assert.Equal(expected, (object)Decide(ProcessEnvironmentTests.Of(variables)).Signals);

    [Theory]
    [InlineData(Signals.Traces, GoTraces)]
    [InlineData(Signals.All, GoTraces, GoMetrics)]
    [InlineData(Signals.None, "go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/exporters/prometheus")]
    public void Decide_GoModules_AreTheSignalsOfTheirExporters(object expected, params string[] modules) =>
        Assert.Equal(expected, (object)Decide(ProcessEnvironmentTests.Of(Endpoint), modules: modules).Signals);

    [Theory]
    [InlineData("java -javaagent:/otel/opentelemetry-javaagent.jar -jar shop.jar", "", Signals.All)]
    [InlineData("node --require @opentelemetry/auto-instrumentations-node/register app.js", "", Signals.All)]
    [InlineData("dotnet shop.dll", "/app/OpenTelemetry.Exporter.OpenTelemetryProtocol.dll", Signals.All)]
    [InlineData("php-fpm", "/usr/lib/php/20220829/opentelemetry.so", Signals.All)]
    [InlineData("shop", "/usr/lib/libopentelemetry_exporter_otlp_grpc.so.1", Signals.All)]
    [InlineData("java -jar opentelemetry-demo.jar", "/usr/lib/libc.so.6", Signals.None)]
    public void Decide_ArgumentsAndLoadedFiles_TellOfTheSdk(string commandLine, string file, object expected) =>
        Assert.Equal(expected, (object)Decide(ProcessEnvironmentTests.Of(Endpoint), commandLine, [file]).Signals);

    [Fact]
    public void Decide_HalfOfTheSigns_CountWithAConnection()
    {
        OwnSignals modules = Decide(ProcessEnvironment.Empty, modules: [GoTraces], port: 4317);
        Assert.Equal(Signals.Traces, modules.Signals);
        Assert.Equal($"module {GoTraces}, connected to port 4317", modules.Evidence);

        Assert.Equal(Signals.Traces, Decide(ProcessEnvironmentTests.Of("OTEL_TRACES_EXPORTER=otlp"), port: 4318).Signals);
        Assert.Equal(OwnSignals.None, Decide(ProcessEnvironmentTests.Of("OTEL_TRACES_EXPORTER=zipkin"), modules: [GoTraces], port: 4318));
        Assert.Equal(OwnSignals.None, Decide(ProcessEnvironment.Empty, port: 4318));
    }

    [Fact]
    public void Decide_Evidence_NamesSdkAndVariable() =>
        Assert.Equal("JAVA_TOOL_OPTIONS loads OpenTelemetry, OTEL_EXPORTER_OTLP_ENDPOINT is set", Decide(ProcessEnvironmentTests.Of(Endpoint, Java)).Evidence);

    [Fact]
    public void Connections_Parse_TakesEstablishedOnesToTheTwoPorts()
    {
        const string Table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:10DD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0
               1: 0100007F:8000 0100007F:10DD 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0
               2: 0100007F:10DD 0100007F:8000 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0
               3: 0100007F:8001 0100007F:10DE 06 00000000:00000000 00:00000000 00000000     0        0 14 1 0
               4: 0000000000000000FFFF00000100007F:8002 0000000000000000FFFF00000100007F:10DE 01 00000000:00000000 00:00000000 00000000     0        0 15 1 0
            """;

        Assert.Equal([(12UL, 4317), (15UL, 4318)], OtlpConnections.Parse(Table));
    }

    [Fact]
    public async Task Connections_OfARealProcess_AreFoundByItsSockets()
    {
        // An address of its own: others may use the port of 127.0.0.1.
        IPAddress address = new([127, 77, (byte)Random.Shared.Next(1, 255), (byte)Random.Shared.Next(1, 255)]);
        using TcpListener collector = new(address, 4317);
        collector.Start();
        using PythonProcess exporter = await PythonProcess.StartAsync();

        Assert.Null(OtlpConnections.FindPort(exporter.Pid));
        await exporter.RunAsync($"c = socket.create_connection(('{address}', 4317))");

        Assert.Equal(4317, OtlpConnections.FindPort(exporter.Pid));
        Assert.Null(OtlpConnections.FindPort(Environment.ProcessId));
    }

    private static OwnSignals Decide(ProcessEnvironment environment, string commandLine = "", string[]? files = null, string[]? modules = null, int? port = null) =>
        OwnSignals.Decide(SdkSettings.Of(environment), SdkSigns.Of(environment, commandLine, files ?? [], modules ?? []), () => port);
}

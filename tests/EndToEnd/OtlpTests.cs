using System.Globalization;
using System.Text.Json.Nodes;
using Beyla.Testing.Otlp;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Spans of a real program at a collector, by each protocol.</summary>
public sealed class OtlpTests
{
    public static TheoryData<Release, string> Protocols { get; } = Releases.TypicalWith("http/protobuf", "http/json", "grpc");

    [OtlpTheory, MemberData(nameof(Protocols))]
    public async Task Agent_EndpointIsSet_SendsTheSpansOfTheTarget(Release release, string protocol)
    {
        using OtlpOracle oracle = new();
        await using Collector collector = await Collector.StartAsync(oracle);
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.Variables = Variables(collector, protocol));

        await target.Requests.GetAsync("/hello", "/missing", "/hello?page=2");
        await Eventually.TrueAsync(() => collector.Spans.Count >= 3, Eventually.Soon, () => $"{collector.Spans.Count} of 3 spans arrived.\n{agent.Log}");
        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();

        Assert.Equal(Printed(agent), Received(collector));
        JsonObject resource = OtlpOracle.Items(collector.AcceptedTraces[0].Content!, "resourceSpans").Single()["resource"]!.AsObject();
        Dictionary<string, JsonNode> attributes = OtlpOracle.Items(resource, "attributes").ToDictionary(a => a["key"]!.GetValue<string>(), a => a["value"]!);
        Assert.Equal(target.Pid.ToString(CultureInfo.InvariantCulture), attributes["process.pid"]["intValue"]!.GetValue<string>());
        Assert.Equal("go", attributes["telemetry.sdk.language"]["stringValue"]!.GetValue<string>());
        Assert.Equal("test", attributes["deployment.environment.name"]["stringValue"]!.GetValue<string>());
    }

    [OtlpTheory, MemberData(nameof(Protocols))]
    public async Task Agent_Stops_SendsWhatIsLeft(Release release, string protocol)
    {
        using OtlpOracle oracle = new();
        await using Collector collector = await Collector.StartAsync(oracle);
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.Variables = Variables(collector, protocol, delay: "3600000"));

        await target.Requests.GetAsync("/hello");
        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();

        // Half a second is a long time, but not on every machine: what did not get through in it was counted.
        Assert.True(collector.Spans.Count == 1 || agent.Log.Lines.Any(l => l.Contains("1 spans were not sent", StringComparison.Ordinal)), $"nothing was sent\n{agent.Log}");
    }

    private static Dictionary<string, string> Variables(Collector collector, string protocol, string delay = "100") => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = protocol == "grpc" ? collector.GrpcEndpoint : collector.HttpEndpoint,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
        ["OTEL_BSP_SCHEDULE_DELAY"] = delay,
        ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test",
    };

    /// <summary>Trace, span and name of each span.</summary>
    private static IEnumerable<string> Received(Collector collector) => collector.Spans
        .Select(s => $"{Hex(s, "traceId")} {Hex(s, "spanId")} {s["name"]!.GetValue<string>()} {s["startTimeUnixNano"]!.GetValue<string>()}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Printed(Agent agent) =>
        agent.Spans.Select(s => $"{s.TraceId} {s.SpanId} {s.Name} {s.Start.ToString(CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal);

    private static string Hex(JsonObject span, string id) => Convert.ToHexStringLower(Convert.FromBase64String(span[id]!.GetValue<string>()));
}

/// <summary>A test that runs the agent and OpenTelemetry's decoder; skipped with the reason where one of them is impossible.</summary>
[AttributeUsage(AttributeTargets.Method)]
[Xunit.Sdk.XunitTestCaseDiscoverer("EndToEnd.Harness.ReleaseTheoryDiscoverer", "EndToEnd")]
internal sealed class OtlpTheoryAttribute : ReleaseTheoryAttribute
{
    public OtlpTheoryAttribute() => Skip = Requirement.ForProbes ?? OtlpOracle.Missing;
}

using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Beyla.Testing.Otlp;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Names and attributes that a process was given itself, and what becomes of the telemetry that it exports itself.</summary>
public sealed class ServiceIdentityTests
{
    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Variables_OfTheTarget_AreOnItsSpansAndNameItUnlessConfigured(Release release)
    {
        Dictionary<string, string> variables = new()
        {
            ["OTEL_SERVICE_NAME"] = "cart", ["OTEL_RESOURCE_ATTRIBUTES"] = "service.namespace=shop,team=a%20b,process.pid=1",
            ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1", ["POD_NAME"] = "other-7c9d8f6b5-x2x4z", ["POD_NAMESPACE"] = "eu",
        };
        using TemporaryFolder folder = new();
        await using TargetProcess own = await Programs.HttpAsync(release, variables: variables), configured = await Programs.HttpAsync(release, variables: variables);
        string file = folder.Write("beyla.toml", $"""
            open_port = {own.Port}
            [[discovery.services]]
            name = "mine"
            open_ports = {configured.Port}
            """);
        await using Agent agent = await Agent.StartAsync(o => o.ConfigFile = file);
        await agent.AttachedAsync(own.Pid);
        await agent.AttachedAsync(configured.Pid);

        await own.Requests.GetAsync("/hello");
        await configured.Requests.GetAsync("/hello");
        await agent.SpansShouldBeAsync([.. own.Requests.ServerSpans(), .. configured.Requests.ServerSpans()]);

        JsonElement resource = agent.Spans.Single(s => s.ProcessId == own.Pid).Resource;
        Assert.Equal(
            ("cart", "shop", "a b", "other", "eu", "go"),
            (Text(resource, "service.name"), Text(resource, "service.namespace"), Text(resource, "team"), Text(resource, "k8s.deployment.name"), Text(resource, "k8s.namespace.name"),
                Text(resource, "process.runtime.name")));
        Assert.Equal("mine", Text(agent.Spans.Single(s => s.ProcessId == configured.Pid).Resource, "service.name"));
        await agent.StopAsync();
    }

    [OtlpTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task OwnTraces_SeenToBeExported_AreNotExportedAgain(Release release)
    {
        using OtlpOracle oracle = new();
        await using Collector collector = await Collector.StartAsync(oracle);
        await using OkServer theirs = new();
        await using TargetProcess exporting = await Programs.HttpAsync(release), other = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(o =>
        {
            o.OpenPort = $"{exporting.Port},{other.Port}";
            o.Variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.HttpEndpoint, ["OTEL_BSP_SCHEDULE_DELAY"] = "50" };
        });
        await agent.AttachedAsync(exporting.Pid);
        await agent.AttachedAsync(other.Pid);

        await exporting.Requests.GetAsync($"/client?url={Uri.EscapeDataString(theirs.Url + "v1/traces")}");
        await agent.Log.WaitForAsync(new($@"pid {exporting.Pid} .*exports its own traces"), Eventually.Soon, () => "nothing was seen");
        await exporting.Requests.GetAsync("/hello");
        await other.Requests.GetAsync("/hello", "/missing");

        await Eventually.TrueAsync(() => collector.Spans.Count >= 2, Eventually.Soon, () => $"{collector.Spans.Count} spans arrived.\n{agent.Log}");
        await Eventually.TrueAsync(() => agent.Spans.Count >= 5, Eventually.Soon, () => $"{agent.Spans.Count} spans were printed.\n{agent.Log}");
        await agent.StopAsync();
        Assert.Equal([other.Pid.ToString(CultureInfo.InvariantCulture)], collector.Accepted.SelectMany(Pids).Distinct());
        Assert.Equal(2, collector.Spans.Count);
        Assert.Single(agent.Log.Lines, l => l.Contains("exports its own", StringComparison.Ordinal));
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task OwnTraces_ByVariablesAndSdk_AreKnownAtOnce(Release release)
    {
        // Go programs of this test have no OpenTelemetry: its argument stands for the agent that a Java program would be started with.
        Dictionary<string, string> variables = new() { ["JAVA_TOOL_OPTIONS"] = "-javaagent:/opt/opentelemetry-javaagent.jar", ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://collector" };
        await using TargetProcess target = await Programs.HttpAsync(release, variables: variables);

        await using (Agent agent = await Agent.StartAsync(target))
        {
            Assert.Contains(agent.Log.Lines, l => l.Contains(
                $"pid {target.Pid} (http) exports its own traces (JAVA_TOOL_OPTIONS loads OpenTelemetry, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set): not exported a second time.", StringComparison.Ordinal));
            await agent.StopAsync();
        }
        await using (Agent agent = await Agent.StartAsync(target, o => o.Variables = new Dictionary<string, string> { ["BEYLA_EXCLUDE_OTEL_INSTRUMENTED_SERVICES"] = "false" }))
        {
            Assert.DoesNotContain(agent.Log.Lines, l => l.Contains("exports its own", StringComparison.Ordinal));
            await agent.StopAsync();
        }
        string inspection = await ChildProcess.RunAsync(Repository.Agent, "inspect", target.Pid.ToString(CultureInfo.InvariantCulture), "--json");
        JsonElement found = JsonDocument.Parse(inspection).RootElement;
        Assert.Equal("""["traces"]""", found.GetProperty("ownSignals").GetRawText().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
    }

    private static string? Text(JsonElement resource, string attribute) => resource.TryGetProperty(attribute, out JsonElement value) ? value.GetString() : null;

    private static IEnumerable<string> Pids(CollectorExchange exchange) => OtlpOracle.Items(exchange.Content!, "resourceSpans")
        .SelectMany(r => OtlpOracle.Items(r["resource"]!.AsObject(), "attributes"))
        .Where(a => a["key"]!.GetValue<string>() == "process.pid").Select(a => a["value"]!["intValue"]!.GetValue<string>());

    /// <summary>A server that answers everything with 200 and nothing.</summary>
    private sealed class OkServer : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;

        public OkServer()
        {
            Url = $"http://127.0.0.1:{LoopbackPort.Free()}/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Url { get; }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            ((IDisposable)_listener).Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true) (await _listener.GetContextAsync()).Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Stopped.
            }
        }
    }
}

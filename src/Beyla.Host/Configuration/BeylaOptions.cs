using System.Text.RegularExpressions;
using Beyla.Host.Configuration.Tracers;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Configuration;

/// <summary>Everything a user can set, bound from defaults, beyla.toml, environment and flags (later wins).</summary>
internal sealed class BeylaOptions
{
    /// <summary>Selection by listening port, as one unnamed service: <c>open_port</c>, <c>BEYLA_OPEN_PORT</c>, <c>--open-port</c>.</summary>
    public PortSet OpenPort { get; init; } = PortSet.Empty;

    /// <summary>Selection by regular expression on the executable's path: <c>executable_name</c>, <c>BEYLA_EXECUTABLE_NAME</c>.</summary>
    public Regex? ExecutableName { get; init; }

    /// <summary>Overrides the service name of what <see cref="OpenPort"/> and <see cref="ExecutableName"/> select.</summary>
    public string? ServiceName { get; init; }

    /// <summary>Overrides the service namespace of what <see cref="OpenPort"/> and <see cref="ExecutableName"/> select.</summary>
    public string? ServiceNamespace { get; init; }

    /// <summary>Which processes are traced.</summary>
    public DiscoveryOptions Discovery { get; init; } = new();

    /// <summary>Format of the spans printed to stdout.</summary>
    public TracePrinter TracePrinter { get; init; } = TracePrinter.Disabled;

    /// <summary>Lowest level of the agent's own log on stderr.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Folders that hold plugin folders; empty: <c>plugins</c> beside the executable.</summary>
    public IReadOnlyList<string> PluginsPath { get; init; } = [];

    /// <summary>Which plugins are accepted.</summary>
    public PluginsOptions Plugins { get; init; } = new();

    /// <summary>Traces.</summary>
    public TracesOptions Traces { get; init; } = new();

    /// <summary>Attributes of the resource of every process, beside what is known of it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResourceAttributes { get; init; } = [];

    /// <summary>Which optional attributes there are.</summary>
    public AttributesOptions Attributes { get; init; } = new();

    /// <summary>Export of spans by OTLP.</summary>
    public TracesExportOptions TracesExport { get; init; } = new();

    /// <summary>Routes of HTTP requests.</summary>
    public RoutesOptions Routes { get; init; } = new();

    /// <summary>Which spans are reported.</summary>
    public FilterOptions Filter { get; init; } = new();

    /// <summary>What of URLs leaves the agent.</summary>
    public RedactionOptions Redaction { get; init; } = new();

    /// <summary>Attributes of metrics, for <see cref="Spans.Filters.AttributeSelection"/>.</summary>
    public IReadOnlyList<MetricSelection> AttributesSelect { get; init; } = [];

    /// <summary>What is measured, and how.</summary>
    public MetricsOptions Metrics { get; init; } = new();

    /// <summary>Export of metrics by OTLP.</summary>
    public MetricsExportOptions MetricsExport { get; init; } = new();

    /// <summary>Metrics that Prometheus fetches.</summary>
    public PrometheusOptions Prometheus { get; init; } = new();

    /// <summary>The agent's own metrics for Prometheus, when they have a port of their own.</summary>
    public PrometheusOptions InternalMetrics { get; init; } = new() { Path = "/internal/metrics" };

    /// <summary>Grafana Cloud: where signals without an endpoint go.</summary>
    public GrafanaOptions Grafana { get; init; } = new();

    /// <summary>How hosts and processes are named.</summary>
    public InstanceIdOptions InstanceId { get; init; } = new();

    /// <summary>Kubernetes' API server.</summary>
    public KubernetesOptions Kubernetes { get; init; } = new();

    /// <summary>BPF side of the agent.</summary>
    public EbpfOptions Ebpf { get; init; } = new();

    /// <summary>Per-tracer tables <c>[tracers.&lt;name&gt;]</c>.</summary>
    public IReadOnlyDictionary<string, TracerOptions> Tracers { get; init; } = new Dictionary<string, TracerOptions>();

    /// <summary>Variables <c>BEYLA_TRACERS_*</c>; which of them is a setting is known when the tracers are.</summary>
    public IReadOnlyDictionary<string, string> TracerVariables { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether anything says which processes to trace.</summary>
    public bool HasCriteria => !OpenPort.IsEmpty || ExecutableName is not null || Discovery.Services.Count > 0 || Discovery.SystemWide;
}

/// <summary><c>[discovery]</c></summary>
internal sealed class DiscoveryOptions
{
    /// <summary><c>[[discovery.services]]</c>, first match wins; <c>open_port</c>/<c>executable_name</c> of the top level come last.</summary>
    public IReadOnlyList<ServiceCriteria> Services { get; init; } = [];

    /// <summary>Whether signals that a process exports by OTLP itself are left to it.</summary>
    public bool ExcludeOtelInstrumentedServices { get; init; } = true;

    /// <summary>Interval of the safety-net scan of /proc.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Every process is traced.</summary>
    public bool SystemWide { get; init; }

    /// <summary>Tracers that probe Go functions are not loaded.</summary>
    public bool SkipGoSpecificTracers { get; init; }
}

/// <summary>One <c>[[discovery.services]]</c>: all criteria that are set must match.</summary>
internal sealed class ServiceCriteria
{
    /// <summary>Service name; default: the executable's base name.</summary>
    public string? Name { get; init; }

    /// <summary>Service namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Any of these ports is open in the process.</summary>
    public PortSet OpenPorts { get; init; } = PortSet.Empty;

    /// <summary>Matches somewhere in the executable's path.</summary>
    public Regex? ExePath { get; init; }

    /// <summary>Path templates of its own.</summary>
    public ServiceRoutesOptions Routes { get; init; } = new();

    /// <summary>A sampler of its own; null: that of all.</summary>
    public SamplerOptions? Sampler { get; init; }
}

/// <summary><c>[attributes]</c></summary>
internal sealed class AttributesOptions
{
    /// <summary>Whether processes' command lines are told.</summary>
    public bool ProcessCommandLine { get; init; }
}

/// <summary><c>[traces]</c></summary>
internal sealed class TracesOptions
{
    /// <summary>Names of the propagators whose headers continue a trace: OpenTelemetry's default.</summary>
    public IReadOnlyList<string> Propagators { get; init; } = ["tracecontext", "baggage"];

    /// <summary>Which traces are exported.</summary>
    public SamplerOptions Sampler { get; init; } = new();
}

/// <summary><c>[ebpf]</c></summary>
internal sealed class EbpfOptions
{
    /// <summary>Size of the events ring, bytes, a power of two and a multiple of the page size.</summary>
    public int RingSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Longest time a record waits in the ring.</summary>
    public TimeSpan BatchTimeout { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>File that receives every raw record, for replay in a tracer's tests.</summary>
    public string? RecordEvents { get; init; }
}

/// <summary><c>[tracers.&lt;name&gt;]</c></summary>
internal sealed class TracerOptions
{
    /// <summary>False: the tracer is not loaded.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The table in the file, for the tracer's own keys; null: the file has none.</summary>
    public TracerTable? Table { get; init; }
}

/// <summary>Formats of the span printer.</summary>
internal enum TracePrinter
{
    /// <summary>Nothing is printed.</summary>
    Disabled,

    /// <summary>One readable line a span.</summary>
    Text,

    /// <summary>One JSON object a line; the schema is in docs/formats.md.</summary>
    Json,

    /// <summary>One line a second: spans per tracer and losses.</summary>
    Counter,
}

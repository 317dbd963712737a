using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Configuration.Settings;

/// <summary>
/// Every setting there is. Binding, the check for unknown keys, the flags, <c>config show</c> and docs/configuration.md all follow this table.
/// Names are Beyla's: YAML keys in snake_case, BEYLA_* and OTEL_* variables.
/// </summary>
internal static class KnownSettings
{
    /// <summary>Table of the tracers; what stands in <c>[tracers.&lt;name&gt;]</c> beside <c>enabled</c> belongs to the tracer.</summary>
    public const string Tracers = "tracers";

    /// <summary>Prefix of the variables for a tracer's settings: <c>BEYLA_TRACERS_NET_HTTP_ENABLED</c>.</summary>
    public const string TracerVariables = "BEYLA_TRACERS_";

    /// <summary>Array of tables of the selection.</summary>
    public const string Services = "discovery.services";

    /// <summary>OpenTelemetry's variables hold times as milliseconds without a unit; with a unit is fine, too.</summary>
    public static string Milliseconds(string text) => text.Trim().All(char.IsAsciiDigit) ? text.Trim() + "ms" : text;

    private static readonly BeylaOptions Defaults = new();

    public static readonly Setting<string?> ConfigPath = new(new TextType(), null)
    {
        Key = "config",
        InFile = false,
        Environment = ["BEYLA_CONFIG_PATH"],
        Flag = "--config",
        Placeholder = "FILE",
        Description = "The TOML file to read; without it no file is read.",
    };

    public static readonly Setting<PortSet> OpenPort = new(new PortsType(), Defaults.OpenPort)
    {
        Key = "open_port",
        Live = true,
        Environment = ["BEYLA_OPEN_PORT"],
        Flag = "--open-port",
        Placeholder = "PORTS",
        Description = "Traces the processes that listen on one of these ports, like 80,8080-8089.",
    };

    public static readonly Setting<Regex?> ExecutableName = new(new PatternType(), Defaults.ExecutableName)
    {
        Key = "executable_name",
        Live = true,
        Environment = ["BEYLA_EXECUTABLE_NAME"],
        Flag = "--executable-name",
        Placeholder = "REGEX",
        Description = "Traces the processes whose executable's path this regular expression matches somewhere.",
    };

    public static readonly Setting<string?> ServiceName = new(new TextType(), Defaults.ServiceName)
    {
        Key = "service_name",
        Live = true,
        Environment = ["OTEL_SERVICE_NAME", "BEYLA_SERVICE_NAME"],
        Flag = "--service-name",
        Placeholder = "NAME",
        Description = "Service name of what open_port and executable_name select; else what the process tells, or the executable's base name.",
    };

    public static readonly Setting<string?> ServiceNamespace = new(new TextType(), Defaults.ServiceNamespace)
    {
        Key = "service_namespace",
        Live = true,
        Environment = ["BEYLA_SERVICE_NAMESPACE"],
        Flag = "--service-namespace",
        Placeholder = "NAME",
        Description = "Service namespace of what open_port and executable_name select.",
    };

    public static readonly Setting<TracePrinter> TracePrinter = new(
        new ChoiceType<TracePrinter>(
            ("disabled", Configuration.TracePrinter.Disabled),
            ("text", Configuration.TracePrinter.Text),
            ("json", Configuration.TracePrinter.Json),
            ("counter", Configuration.TracePrinter.Counter)),
        Defaults.TracePrinter)
    {
        Key = "trace_printer",
        Environment = ["BEYLA_TRACE_PRINTER", new("BEYLA_PRINT_TRACES", text => new BooleanType().Parse(text) ? "text" : "disabled")],
        Flag = "--trace-printer",
        Placeholder = "FORMAT",
        Description = "Prints spans to stdout: text, json (an object a line), counter (a line a second) or disabled.",
    };

    public static readonly Setting<LogLevel> Level = new(
        new ChoiceType<LogLevel>(("DEBUG", LogLevel.Debug), ("INFO", LogLevel.Information), ("WARN", LogLevel.Warning), ("ERROR", LogLevel.Error)),
        Defaults.LogLevel)
    {
        Key = "log_level",
        Live = true,
        Environment = ["BEYLA_LOG_LEVEL"],
        Flag = "--log-level",
        Placeholder = "LEVEL",
        Description = "Lowest level of the agent's own log on stderr: DEBUG, INFO, WARN or ERROR.",
    };

    public static readonly Setting<IReadOnlyList<string>> PluginsPath = new(new FoldersType(), Defaults.PluginsPath)
    {
        Key = "plugins_path",
        Environment = ["BEYLA_PLUGINS_PATH"],
        Flag = "--plugins",
        Repeatable = true,
        Placeholder = "DIR",
        Description = "Folders that hold plugin folders; else plugins beside the executable.",
    };

    public static readonly Setting<TimeSpan> PollInterval = new(new DurationType(), Defaults.Discovery.PollInterval)
    {
        Key = "discovery.poll_interval",
        Live = true,
        Environment = ["BEYLA_DISCOVERY_POLL_INTERVAL"],
        Flag = "--poll-interval",
        Placeholder = "DURATION",
        Description = "How often /proc is scanned for processes whose start was missed.",
    };

    public static readonly Setting<bool> SystemWide = new(new BooleanType(), Defaults.Discovery.SystemWide)
    {
        Key = "discovery.system_wide",
        Live = true,
        Environment = ["BEYLA_SYSTEM_WIDE"],
        Description = "Traces every process of this machine; excludes all other ways to select.",
    };

    public static readonly Setting<bool> SkipGoSpecificTracers = new(new BooleanType(), Defaults.Discovery.SkipGoSpecificTracers)
    {
        Key = "discovery.skip_go_specific_tracers",
        Environment = ["BEYLA_SKIP_GO_SPECIFIC_TRACERS"],
        Description = "Tracers that probe Go functions are not loaded; Go programs are then traced like all others.",
    };

    public static readonly Setting<int> RingSize = new(new ByteSizeType(), Defaults.Ebpf.RingSize)
    {
        Key = "ebpf.ring_size",
        Environment = ["BEYLA_BPF_RING_SIZE"],
        Description = "Size of the ring buffer between kernel and agent: a power of two, at least a page.",
        // 1 GiB is the largest power of two in an int; the kernel demands page alignment (kernel/bpf/ringbuf.c, ringbuf_map_alloc).
        Check = bytes => bytes >= Environment.SystemPageSize && int.IsPow2(bytes) ? null : $"{bytes} bytes is not a power of two of at least {Environment.SystemPageSize}",
    };

    public static readonly Setting<TimeSpan> BatchTimeout = new(new DurationType(), Defaults.Ebpf.BatchTimeout)
    {
        Key = "ebpf.batch_timeout",
        Environment = ["BEYLA_BPF_BATCH_TIMEOUT"],
        Description = "Longest time an event waits in the ring buffer.",
    };

    public static readonly Setting<string?> RecordEvents = new(new TextType(), Defaults.Ebpf.RecordEvents)
    {
        Key = "ebpf.record_events",
        Environment = ["BEYLA_BPF_RECORD_EVENTS"],
        Description = "File that receives every raw event as a line of text, for replay in a tracer's tests. Not for production.",
    };

    public static readonly Setting<IReadOnlyList<string>> Propagators = new(new PropagatorsType(), Defaults.Traces.Propagators)
    {
        Key = "traces.propagators",
        Environment = ["OTEL_PROPAGATORS"],
        Description = "How requests bring their trace along: tracecontext (traceparent), b3 or b3multi (both forms of B3); others are not read.",
    };

    public static readonly Setting<IReadOnlyList<KeyValuePair<string, string>>> ResourceAttributes = new(new PairsType(), Defaults.ResourceAttributes)
    {
        Key = "resource_attributes",
        Environment = ["OTEL_RESOURCE_ATTRIBUTES"],
        Description = "Resource attributes of every process; what is known of the process itself wins.",
    };

    public static readonly Setting<bool> ExcludeOtelInstrumentedServices = new(new BooleanType(), Defaults.Discovery.ExcludeOtelInstrumentedServices)
    {
        Key = "discovery.exclude_otel_instrumented_services",
        Environment = ["BEYLA_EXCLUDE_OTEL_INSTRUMENTED_SERVICES"],
        Description = "Signals that a process exports by OTLP itself are not exported a second time.",
    };

    public static readonly Setting<bool> ProcessCommandLine = new(new BooleanType(), Defaults.Attributes.ProcessCommandLine)
    {
        Key = "attributes.process_command_line",
        Environment = ["BEYLA_PROCESS_COMMAND_LINE"],
        Description = "Adds process.command_line to resources. Command lines may hold passwords.",
    };

    /// <summary>Where and how spans are sent.</summary>
    public static readonly OtlpSettings TracesExport = new("otel_traces_export", "TRACES");

    public static readonly Setting<int> MaxQueueSize = new(new CountType(), Defaults.TracesExport.MaxQueueSize)
    {
        Key = "otel_traces_export.max_queue_size",
        Environment = ["OTEL_BSP_MAX_QUEUE_SIZE", "BEYLA_OTLP_TRACES_MAX_QUEUE_SIZE"],
        Description = "Most spans that wait to be sent; further ones are dropped and counted.",
    };

    public static readonly Setting<int> MaxExportBatchSize = new(new CountType(), Defaults.TracesExport.MaxExportBatchSize)
    {
        Key = "otel_traces_export.max_export_batch_size",
        Environment = ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "BEYLA_OTLP_TRACES_MAX_EXPORT_BATCH_SIZE"],
        Description = "Most spans in a request; at most max_queue_size.",
    };

    public static readonly Setting<TimeSpan> TracesBatchTimeout = new(new DurationType(), Defaults.TracesExport.BatchTimeout)
    {
        Key = "otel_traces_export.batch_timeout",
        Environment = [new("OTEL_BSP_SCHEDULE_DELAY", Milliseconds), "BEYLA_OTLP_TRACES_BATCH_TIMEOUT"],
        Description = "Longest time a span waits for others to travel with.",
    };

    public static readonly Setting<TimeSpan> ExportTimeout = new(new DurationType(), Defaults.TracesExport.ExportTimeout)
    {
        Key = "otel_traces_export.export_timeout",
        Environment = [new("OTEL_BSP_EXPORT_TIMEOUT", Milliseconds), "BEYLA_OTLP_TRACES_EXPORT_TIMEOUT"],
        Description = "Longest time for a request with all attempts and pauses; then its spans are dropped and counted.",
    };

    public static readonly Setting<int> AttributeCountLimit = new(new CountType(), Defaults.TracesExport.AttributeCountLimit)
    {
        Key = "otel_traces_export.attribute_count_limit",
        Environment = ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"],
        Description = "Most attributes of a span that is sent; how many were left out is told with it.",
    };

    /// <summary>Where and how metrics are sent.</summary>
    public static readonly OtlpSettings MetricsExport = new("otel_metrics_export", "METRICS");

    public static readonly Setting<string?> ServicesName = new(new TextType(), null)
    {
        Key = "discovery.services[].name",
        Live = true,
        Description = "Service name; else what the process tells, or the executable's base name.",
    };

    public static readonly Setting<string?> ServicesNamespace = new(new TextType(), null)
    {
        Key = "discovery.services[].namespace",
        Live = true,
        Description = "Service namespace.",
    };

    public static readonly Setting<PortSet> ServicesOpenPorts = new(new PortsType(), PortSet.Empty)
    {
        Key = "discovery.services[].open_ports",
        Live = true,
        Description = "The process listens on one of these ports.",
    };

    public static readonly Setting<Regex?> ServicesExePath = new(new PatternType(), null)
    {
        Key = "discovery.services[].exe_path",
        Live = true,
        Aliases = ["discovery.services[].exe_path_regexp"],
        Description = "The regular expression matches somewhere in the executable's path. When open_ports is set too, both must match.",
    };

    public static readonly Setting<bool> TracerEnabled = new(new BooleanType(), true)
    {
        Key = "tracers.<name>.enabled",
        Environment = [TracerVariables + "<NAME>_ENABLED"],
        Description = "Whether the tracer is loaded. Other keys of the table are the tracer's own.",
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        ConfigPath, OpenPort, ExecutableName, ServiceName, ServiceNamespace, TracePrinter, Level, PluginsPath, .. PluginSettings.All,
        PollInterval, SystemWide, SkipGoSpecificTracers, ExcludeOtelInstrumentedServices, ServicesName, ServicesNamespace, ServicesOpenPorts, ServicesExePath,
        .. RoutesSettings.OfServices, .. SamplerSettings.OfServices, .. RoutesSettings.All, .. SpanRuleSettings.All, Propagators, .. SamplerSettings.All,
        ResourceAttributes, ProcessCommandLine, .. InstanceIdSettings.All, .. KubernetesSettings.All, .. TracesExport.All, MaxQueueSize,
        MaxExportBatchSize, TracesBatchTimeout, ExportTimeout, AttributeCountLimit,
        .. MetricsExport.All, .. MetricsSettings.All, .. PrometheusSettings.All, .. GrafanaSettings.All, RingSize, BatchTimeout, RecordEvents, TracerEnabled,
    ];

    /// <summary>BEYLA_* variables that are no settings: they steer the project's own tests.</summary>
    public static IReadOnlyList<string> TestVariables { get; } = ["BEYLA_REQUIRE_BPF", "BEYLA_UPDATE_DOCS", "BEYLA_APPROVE"];
}

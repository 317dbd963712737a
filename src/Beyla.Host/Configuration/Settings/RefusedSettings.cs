namespace Beyla.Host.Configuration.Settings;

/// <summary>
/// The keys of the original that are refused. Keys and variables are those of Beyla 1.1 (pkg/beyla/config.go); of later versions those that
/// name a whole feature. A key that a later version of this program learns leaves this table.
/// </summary>
internal static class RefusedSettings
{
    private const string NoQueues = "spans are written to their exporter by the thread that reads them, there is no queue in between";
    private const string NoCache = "every traced process has its own resource for as long as it lives, nothing is cached";
    private const string Unbuilt = "this version does not ";

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<RefusedSetting> All { get; } =
    [
        new("print_traces", [], "it is called trace_printer here: write trace_printer = \"text\""),
        new("noop", ["BEYLA_NOOP_TRACES"], "the agent also runs without an exporter, its spans are then counted only"),
        new("channel_buffer_len", ["BEYLA_CHANNEL_BUFFER_LEN"], NoQueues),
        new("channel_send_timeout", ["BEYLA_CHANNEL_SEND_TIMEOUT"], NoQueues),
        new("profile_port", ["BEYLA_PROFILE_PORT"], "this is a .NET program: dotnet-trace and dotnet-counters attach to it as it is"),
        new("ebpf.bfp_debug", [], "the BPF programs print nothing; log_level = \"DEBUG\" shows what the kernel's verifier says"),
        new("ebpf.bpf_debug", ["BEYLA_BPF_DEBUG"], "the BPF programs print nothing; log_level = \"DEBUG\" shows what the kernel's verifier says"),
        new("ebpf.wakeup_len", ["BEYLA_BPF_WAKEUP_LEN"], "the kernel wakes the agent when an eighth of ebpf.ring_size is full, and ebpf.batch_timeout bounds the wait"),
        new("ebpf.batch_length", ["BEYLA_BPF_BATCH_LENGTH"], "events are read one by one in the ring buffer itself; ebpf.batch_timeout bounds their wait"),
        new("ebpf.bpf_fs_base_dir", ["BEYLA_BPF_FS_BASE_DIR"], "no BPF map is pinned, so no file system is mounted for them"),
        new("ebpf.track_request_headers", ["BEYLA_BPF_TRACK_REQUEST_HEADERS"], "the trace headers of requests are always read; traces.propagators chooses which"),
        new("ebpf.context_propagation", ["BEYLA_BPF_CONTEXT_PROPAGATION"], "requests and the memory of traced programs are never changed"),
        new("ebpf.enable_context_propagation", ["BEYLA_BPF_ENABLE_CONTEXT_PROPAGATION"], "requests and the memory of traced programs are never changed"),
        new("discovery.bpf_pid_filter_off", ["BEYLA_BPF_PID_FILTER_OFF"], "each probe is attached to one process, there is no filter that could be turned off"),
        new("discovery.instrument", [], "write [[discovery.services]] with open_ports and exe_path, which is a regular expression where the original has a glob"),
        new("discovery.exclude_services", [], Unbuilt + "exclude processes; select the wanted ones by [[discovery.services]]"),
        new("discovery.exclude_instrument", [], Unbuilt + "exclude processes; select the wanted ones by [[discovery.services]]"),
        new("discovery.default_exclude_instrument", [], "the agent never traces itself, and everything else is traced only when it is selected"),
        new("discovery.survey", [], Unbuilt + "list processes without tracing them; 'beyla inspect PID' looks at one"),
        new("discovery.min_process_age", ["BEYLA_MIN_PROCESS_AGE"], "a process is traced as soon as it runs its program and matches"),
        new("target_pids", ["BEYLA_TARGET_PID"], "processes are selected by port or executable, which survive a restart: open_port, executable_name or [[discovery.services]]"),
        new("auto_target_exe", ["BEYLA_AUTO_TARGET_EXE"], "it is a glob; write the regular expression executable_name (BEYLA_EXECUTABLE_NAME)"),
        new("auto_target_language", ["BEYLA_AUTO_TARGET_LANGUAGE"], Unbuilt + "select processes by language; use open_port or executable_name"),
        new("attributes.instance_id.dns", ["BEYLA_HOSTNAME_DNS_RESOLUTION"], "the host's name is what its kernel says, no name server is asked"),
        new("attributes.instance_id.internal_cache_len", [], NoCache),
        new("otel_traces_export.reporters_cache_len", ["BEYLA_TRACES_REPORT_CACHE_LEN"], NoCache),
        new("otel_traces_export.sampler", [], "it is [traces.sampler] here"),
        new("otel_metrics_export.features", [], "it is metrics.features here, for OTLP and Prometheus alike"),
        new("prometheus_export.features", [], "it is metrics.features here, for OTLP and Prometheus alike"),
        new("otel_metrics_export.buckets", [], "they are metrics.buckets.duration_histogram and metrics.buckets.size_histogram here"),
        new("prometheus_export.buckets", [], "they are metrics.buckets.duration_histogram and metrics.buckets.size_histogram here"),
        new("otel_metrics_export.reporters_cache_len", ["BEYLA_METRICS_REPORT_CACHE_LEN"], NoCache),
        new("otel_metrics_export.otel_sdk_log_level", ["BEYLA_OTEL_SDK_LOG_LEVEL"], "no OpenTelemetry SDK is inside; log_level is for everything"),
        new("enforce_sys_caps", ["BEYLA_ENFORCE_SYS_CAPS"], "the agent ends at its start when it may not load BPF programs at all, and names each missing part otherwise"),
        new("shutdown_timeout", ["BEYLA_SHUTDOWN_TIMEOUT"], "the agent ends within about a second and sends what it has until then"),
        new("log_format", ["BEYLA_LOG_FORMAT"], "the log has one format, a line an entry"),
        new("log_config", ["BEYLA_LOG_CONFIG"], "'beyla config show' prints the configuration with the origin of each value"),
        new("health_check", [], Unbuilt + "serve a health endpoint"),
        new("network", ["BEYLA_NETWORK_METRICS"], Unbuilt + "measure network flows"),
        new("stats", [], Unbuilt + "measure TCP connections"),
        new("name_resolver", ["BEYLA_NAME_RESOLVER_SOURCES"], Unbuilt + "resolve the addresses of peers to names"),
        new("nodejs", ["BEYLA_NODEJS_ENABLED"], "nothing is injected into traced programs"),
        new("javaagent", ["BEYLA_JAVAAGENT_ENABLED"], "nothing is injected into traced programs"),
        new("injector", [], "nothing is injected into traced programs"),
        new("jvm_runtime_metrics", [], Unbuilt + "measure Java's runtime"),
        new("topology", [], Unbuilt + "export a topology"),
        new("sigil_export", [], Unbuilt + "export to Sigil"),
    ];

    /// <summary>The entry of a dotted key, null: none. The table does not know which keys exist; ask <see cref="SettingsSchema"/> first.</summary>
    public static RefusedSetting? Find(string key) => All.FirstOrDefault(r => r.Covers(key));

    /// <summary>The entry of a variable, null: none.</summary>
    public static RefusedSetting? OfVariable(string name) => All.FirstOrDefault(r => r.Variables.Contains(name));
}

using System.Threading.Channels;
using Beyla.Ebpf;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Reload;
using Beyla.Host.Control;
using Beyla.Host.Discovery;
using Beyla.Host.Events;
using Beyla.Host.Export;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Otlp.Metrics;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Export.Otlp.Traces;
using Beyla.Host.Identity;
using Beyla.Host.Identity.Kubernetes;
using Beyla.Host.Identity.OwnTelemetry;
using Beyla.Host.Export.Prometheus;
using Beyla.Host.Metrics;
using Beyla.Host.Metrics.Observed;
using Beyla.Host.Plugins;
using Beyla.Host.Privileges;
using Beyla.Host.Spans;
using Beyla.Host.Spans.Filters;
using Microsoft.Extensions.Logging;

namespace Beyla.Host;

/// <summary>
/// The running agent: processes are discovered, tracers attached, events become spans. Its parts meet in channels and in the events ring;
/// this type only starts them in order and stops them in the reverse.
/// </summary>
internal sealed class Agent(
    BeylaOptions options, KernelBasis kernel, PluginCatalog plugins, ConfigurationReload reload, TimeProvider time, ILoggerFactory logs) : IDisposable
{
    private readonly ILogger _log = logs.CreateLogger<Agent>();
    private readonly LossLedger _losses = new();
    private readonly AttachmentBook _book = new();
    private readonly LiveSpans _live = new();
    private readonly List<IDisposable> _parts = [];
    private readonly List<OtlpSender> _senders = [];

    /// <summary>Runs until <paramref name="stop"/> is set, then detaches, drains and returns.</summary>
    /// <exception cref="BpfException">The kernel does not give what the agent cannot do without.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        if (CapabilityUse.Describe(CapabilitySet.Effective()) is { } missing) _log.LogWarning("{Missing}", missing);
        AttachmentFlags propagation = Propagation.Of(options.Traces.Propagators);
        await kernel.ReadyAsync().ConfigureAwait(false);
        (BpfMap ring, UprobeFront front, ProcessEventSource? source) = (kernel.Ring, kernel.Front, kernel.Processes);
        TracerHost[] tracers = [.. plugins.Tracers.Select((t, i) => Own(new TracerHost(t, (ushort)(i + 1))))];
        foreach (TracerHost tracer in tracers) Count(tracer);
        SharedMaps shared = Own(new SharedMaps());
        if (source is not null) shared.Add(source.Targets);
        TracerLoader loader = new(ring, shared, propagation, front, marks: source is not null, _log);

        TracedProcesses processes = new(time);
        reload.Changed += StartPump(ring, processes, tracers).Apply;
        WatchedProcesses watched = new(source is null ? null : new TargetMarks(source.Targets), tracers, loader, propagation);
        TraceAttacher attacher = Own(new TraceAttacher(
            new InspectionCache(new ExecutableInspector(plugins.Tracers)), tracers, loader, processes, watched,
            new LibraryAttachment(
                new LibraryInspector(plugins.Tracers), front, source is null ? null : new LinkerWatch(source.LibrariesChanged, front), options.Discovery.PollInterval),
            front, logs.CreateLogger<TraceAttacher>())
        {
            Propagation = propagation,
            LeavesOwnSignals = options.Discovery.ExcludeOtelInstrumentedServices,
            Book = _book,
        });

        Channel<ProcessEvent> selected = Channel.CreateUnbounded<ProcessEvent>(new UnboundedChannelOptions { SingleReader = true });
        ProcessWatcher watcher = new(options.Discovery, source, logs.CreateLogger<ProcessWatcher>());
        CriteriaMatcher matcher = new(options, new ProcessIdentities(options.Attributes.ProcessCommandLine, WatchPods(), logs.CreateLogger<ProcessIdentities>()).Read);
        reload.Changed += changed => watcher.Apply(changed.Discovery);
        reload.Changed += matcher.Apply;
        AgentInquiry inquiry = new(options, tracers, _book, _losses, _live);
        reload.Changed += inquiry.Apply;
        if (ControlServer.TryStart(inquiry, _log) is { } control) Own(control);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task reloading = reload.RunAsync(end.Token);
        Task watching = watcher.RunAsync(stop);
        Task matching = matcher.RunAsync(watcher.Events, selected.Writer, stop);
        _log.LogInformation("ready: {Tracers} on {Front}.", string.Join(", ", tracers.Select(t => t.Name)), front);
        // Loading plugins leaves megabytes behind that nothing would collect: from here on next to nothing is allocated.
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            await Task.WhenAll(watching, matching, attacher.RunAsync(selected.Reader, stop)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await reloading.ConfigureAwait(false);
        }
    }

    /// <summary>Stops the parts, last started first: probes off, ring drained, sinks closed, objects freed.</summary>
    public void Dispose()
    {
        for (int i = _parts.Count - 1; i >= 0; i--) _parts[i].Dispose();
        _parts.Clear();
    }

    private PodDirectory? WatchPods()
    {
        if (!KubernetesPods.AreWanted(options.Kubernetes)) return null;
        (PodDirectory pods, IDisposable watch) = KubernetesPods.Start(options.Kubernetes, time, logs);
        Own(watch);
        return pods;
    }

    /// <summary>Puts a tracer's counters into the books; those in the kernel as soon as it is there.</summary>
    private void Count(TracerHost tracer)
    {
        if (tracer.Tracer is TracerFaults faults) _losses.Sources.Add(() => [(tracer.Name, LossReason.DecodeFailed, faults.Counters.Faults)]);
        _losses.Sources.Add(() => tracer.Counters?.Read().Select(c => (tracer.Name, c.Name, (long)c.Value)) ?? []);
    }

    private SpanPipeline StartPump(BpfMap ring, TracedProcesses processes, TracerHost[] tracers)
    {
        List<ISpanSink> sinks = [];
        bool leavesOwn = options.Discovery.ExcludeOtelInstrumentedServices;
        if (leavesOwn) sinks.Add(new SeenExports(logs.CreateLogger<SeenExports>()));
        if (SpanPrinters.Create(options.TracePrinter, _losses) is { } printer) sinks.Add(printer);
        ProcessResources resources = new(
            options.InstanceId.HostName ?? Environment.MachineName, OtlpHttp.Version, options.ResourceAttributes, options.InstanceId.InstanceId);
        if (OtlpSpanExporters.Create(options, resources, plugins.Tracers, _losses, time, logs) is { } exporter)
        {
            sinks.Add(leavesOwn ? new ExceptOwnSignals(exporter, Signals.Traces) : exporter);
            _senders.Add(exporter.Sender);
        }
        foreach (IDisposable sink in sinks.OfType<IDisposable>()) Own(sink);
        List<ISpanSink> meters = StartMetrics(processes, resources, tracers, leavesOwn);
        if (sinks.All(s => s is SeenExports) && meters.All(m => m is SpanCounts))
            _log.LogWarning("spans go nowhere: no exporter is set; OTEL_EXPORTER_OTLP_ENDPOINT sends them, --trace-printer text shows them.");
        SpanPipeline pipeline = new(sinks, _losses, logs.CreateLogger<SpanPipeline>(), [.. meters, _live], options);
        EventRecorder? recorder = options.Ebpf.RecordEvents is { } file ? Own(new EventRecorder(file)) : null;
        EventPump pump = Own(new EventPump(
            new RingConsumer(ring), new EventDispatcher(plugins.Tracers, processes, pipeline, _losses, recorder), options.Ebpf.BatchTimeout));
        pump.Start();
        return pipeline;
    }

    /// <summary>Starts whatever reads metrics, and gives the sinks that feed it.</summary>
    private List<ISpanSink> StartMetrics(TracedProcesses processes, ProcessResources resources, TracerHost[] tracers, bool leavesOwn)
    {
        List<ISpanSink> meters = [];
        SpanMetrics? metrics = SpanMetricsFactory.Create(options, time);
        if (metrics is not null)
        {
            processes.Ended += metrics.End;
            Own(new ObservedMetrics(metrics, processes, ProcessObservers.Of(options, plugins.Tracers), time, logs.CreateLogger<ObservedMetrics>()));
            if (OtlpMetricExporters.Create(options, metrics, resources, _losses, time, logs) is { } exporter) _senders.Add(Own(exporter).Sender);
            reload.Changed += changed => metrics.Apply(new AttributeSelection(changed.AttributesSelect));
            meters.Add(leavesOwn ? new ExceptOwnSignals(metrics, Signals.Metrics) : metrics);
        }
        if (!PrometheusPages.AreWanted(options)) return meters;
        SpanCounts counts = new();
        IMetricsSource[] own =
        [
            new AgentMetricsSource(OtlpHttp.Version, plugins.Records, tracers, processes, counts, _losses), new ExportMetricsSource(_senders, _losses), new ProbeMetricsSource(tracers),
        ];
        Own(PrometheusPages.Serve(options, metrics, resources, own, _log));
        meters.Add(counts);
        return meters;
    }

    private T Own<T>(T part) where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }
}

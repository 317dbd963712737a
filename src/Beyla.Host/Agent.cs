using System.Threading.Channels;
using Beyla.Ebpf;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Reload;
using Beyla.Host.Discovery;
using Beyla.Host.Events;
using Beyla.Host.Export;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Otlp.Metrics;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Export.Otlp.Traces;
using Beyla.Host.Identity;
using Beyla.Host.Identity.OwnTelemetry;
using Beyla.Host.Export.Prometheus;
using Beyla.Host.Metrics;
using Beyla.Host.Plugins;
using Beyla.Host.Spans;
using Microsoft.Extensions.Logging;

namespace Beyla.Host;

/// <summary>
/// The running agent: processes are discovered, tracers attached, events become spans. Its parts meet in channels and in the events ring;
/// this type only starts them in order and stops them in the reverse.
/// </summary>
internal sealed class Agent(BeylaOptions options, PluginCatalog plugins, ConfigurationReload reload, TimeProvider time, ILoggerFactory logs) : IDisposable
{
    private readonly ILogger _log = logs.CreateLogger<Agent>();
    private readonly LossLedger _losses = new();
    private readonly List<IDisposable> _parts = [];

    /// <summary>Runs until <paramref name="stop"/> is set, then detaches, drains and returns.</summary>
    /// <exception cref="BpfException">The kernel does not give what the agent cannot do without.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        BpfMap ring = Own(BpfMap.CreateRingBuffer("events", (uint)options.Ebpf.RingSize));
        UprobeFront front = KernelFeatures.UprobeMulti.IsSupported ? UprobeFront.Multi : UprobeFront.Perf;
        AttachmentFlags propagation = Propagation.Of(options.Traces.Propagators);
        ILogger<ProcessWatcher> watcherLog = logs.CreateLogger<ProcessWatcher>();
        ProcessEventSource? source = ProcessEventSource.TryOpen(watcherLog);
        if (source is not null) Own(source);
        TracerHost[] tracers = LoadTracers(ring, source?.Targets, front, propagation);

        TracedProcesses processes = new(time);
        reload.Changed += StartPump(ring, processes, tracers).Apply;
        WatchedProcesses watched = new(source is null ? null : new TargetMarks(source.Targets), tracers, propagation);
        TraceAttacher attacher = Own(new TraceAttacher(
            new InspectionCache(new ExecutableInspector(plugins.Tracers)), tracers, processes, watched,
            new LibraryAttachment(
                new LibraryInspector(plugins.Tracers), front, source is null ? null : new LinkerWatch(source.LibrariesChanged, front), options.Discovery.PollInterval),
            front, logs.CreateLogger<TraceAttacher>())
        {
            Propagation = propagation,
            LeavesOwnSignals = options.Discovery.ExcludeOtelInstrumentedServices,
        });

        Channel<ProcessEvent> selected = Channel.CreateUnbounded<ProcessEvent>(new UnboundedChannelOptions { SingleReader = true });
        ProcessWatcher watcher = new(options.Discovery, source, watcherLog);
        CriteriaMatcher matcher = new(options, new ProcessIdentities(options.Attributes.ProcessCommandLine, logs.CreateLogger<ProcessIdentities>()).Read);
        reload.Changed += changed => watcher.Apply(changed.Discovery);
        reload.Changed += matcher.Apply;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task reloading = reload.RunAsync(end.Token);
        Task watching = watcher.RunAsync(stop);
        Task matching = matcher.RunAsync(watcher.Events, selected.Writer, stop);
        _log.LogInformation("ready: {Tracers} on {Front}.", string.Join(", ", tracers.Where(t => t.State == TracerState.Ok).Select(t => t.Name)), front);
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

    private TracerHost[] LoadTracers(BpfMap ring, BpfMap? targets, UprobeFront front, AttachmentFlags propagation)
    {
        TracerHost[] tracers = [.. plugins.Tracers.Select((t, i) => Own(new TracerHost(t, (ushort)(i + 1))))];
        SharedMaps shared = Own(new SharedMaps());
        if (targets is not null) shared.Add(targets);
        // Most of the time of a start is the kernel's verifier, which works on as many objects at once as there are threads that ask.
        Parallel.ForEach(tracers, tracer => tracer.Load(ring, shared, propagation, front == UprobeFront.Multi, marks: targets is not null));
        foreach (TracerHost tracer in tracers)
        {
            if (tracer.State == TracerState.Failed) _log.LogWarning("tracer {Tracer} is off: {Reason}", tracer.Name, tracer.Reason);
            foreach (string refusal in tracer.FrontRefusals) _log.LogInformation("tracer {Tracer}: {Refusal}", tracer.Name, refusal);
            if (tracer.Fronts.Count > 0) _log.LogInformation("tracer {Tracer} watches by {Fronts}.", tracer.Name, string.Join(", ", tracer.Fronts.Select(f => f.Name).Distinct()));
            if (tracer.VerifierLog is { } verifier) _log.LogDebug("the verifier on {Tracer}:\n{Log}", tracer.Name, verifier);
            if (tracer.Tracer is TracerFaults faults) _losses.Sources.Add(() => [(tracer.Name, LossReason.DecodeFailed, faults.Counters.Faults)]);
            if (tracer.Counters is { } counters) _losses.Sources.Add(() => counters.Read().Select(c => (tracer.Name, c.Name, (long)c.Value)));
        }
        return tracers;
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
            sinks.Add(leavesOwn ? new ExceptOwnSignals(exporter, Signals.Traces) : exporter);
        foreach (IDisposable sink in sinks.OfType<IDisposable>()) Own(sink);
        List<ISpanSink> meters = StartMetrics(processes, resources, tracers, leavesOwn);
        if (sinks.All(s => s is SeenExports) && meters.All(m => m is SpanCounts))
            _log.LogWarning("spans go nowhere: no exporter is set; OTEL_EXPORTER_OTLP_ENDPOINT sends them, --trace-printer text shows them.");
        SpanPipeline pipeline = new(sinks, _losses, logs.CreateLogger<SpanPipeline>(), meters, options);
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
            if (OtlpMetricExporters.Create(options, metrics, resources, _losses, time, logs) is { } exporter) Own(exporter);
            meters.Add(leavesOwn ? new ExceptOwnSignals(metrics, Signals.Metrics) : metrics);
        }
        if (!PrometheusPages.AreWanted(options)) return meters;
        SpanCounts counts = new();
        AgentMetricsSource own = new(OtlpHttp.Version, tracers, processes, counts, _losses);
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

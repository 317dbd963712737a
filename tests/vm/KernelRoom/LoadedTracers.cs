using Beyla;
using Beyla.Ebpf;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Beyla.Host.Plugins;
using EndToEnd.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace KernelRoom;

/// <summary>The tracers of the published plugins, through this kernel's verifier, each front of their kernel hooks by itself.</summary>
internal sealed class LoadedTracers : IDisposable
{
    private readonly PluginCatalog _plugins;
    private readonly ProcessEventSource _events = ProcessEventSource.Open();
    private readonly BpfMap _ring = BpfMap.CreateRingBuffer("events", 1 << 20);

    public LoadedTracers()
    {
        BeylaOptions options = new() { PluginsPath = [Repository.Plugins] };
        _plugins = PluginCatalog.Load(options, new PluginHostServices(NullLoggerFactory.Instance, TimeProvider.System));
    }

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => _plugins.Tracers.Select(t => t.Name);

    /// <summary>Tracer and name of each front of its kernel hooks.</summary>
    public IEnumerable<(string Tracer, string Front)> Fronts => _plugins.Tracers.OfType<IKprobeSet>()
        .SelectMany(t => t.KernelHooks.SelectMany(h => h.Fronts).Select(f => (((ITracer)t).Name, f.Name))).Distinct();

    /// <summary>Loads a tracer's object, with the front of that name where its hooks have it, and attaches the hooks.</summary>
    /// <exception cref="InvalidOperationException">With the reason.</exception>
    public void Load(string name, string? front)
    {
        TracerFaults tracer = _plugins.Tracers.OfType<TracerFaults>().Single(t => t.Name == name);
        tracer.UseFront(front);
        using SharedMaps shared = new();
        shared.Add(_events.Targets);
        using TracerHost host = new(tracer, 1);
        host.Load(_ring, shared, AttachmentFlags.TraceContext, KernelFeatures.UprobeMulti.IsSupported);
        if (host.State != TracerState.Ok) throw new InvalidOperationException($"{host.Reason}\n{Tail(host.VerifierLog)}");
        if (front is not null && !host.Fronts.Any(f => f.Name == front)) throw new InvalidOperationException(string.Join(' ', host.FrontRefusals));
        host.AcquireHooks();
        host.ReleaseHooks();
    }

    private static string Tail(string? log) => string.Join('\n', (log ?? "").TrimEnd().Split('\n').TakeLast(25).Select(l => $"      {l}"));

    public void Dispose()
    {
        _plugins.Dispose();
        _events.Dispose();
        _ring.Dispose();
    }
}

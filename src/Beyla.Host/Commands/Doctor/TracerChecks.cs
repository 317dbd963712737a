using Beyla.Ebpf;
using Beyla.Host.Attachment;
using Beyla.Host.Discovery;
using Beyla.Host.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beyla.Host.Commands.Doctor;

/// <summary>The plugins that were found, and each of their tracers before the real verifier. Nothing is attached to a process.</summary>
internal static class TracerChecks
{
    public static IEnumerable<Finding> Plugins(PluginCatalog plugins)
    {
        foreach (PluginRecord plugin in plugins.Records)
        {
            yield return plugin.State switch
            {
                PluginState.Ok => new Finding("plugins", plugin.Id, FindingState.Ok, plugin.Reason ?? $"version {plugin.Version ?? "unknown"}, contract {plugin.Contract}"),
                PluginState.Disabled => new Finding("plugins", plugin.Id, FindingState.Off, plugin.Reason ?? "disabled in the configuration"),
                _ => new Finding("plugins", plugin.Id, FindingState.Missing, (plugin.Reason ?? "refused").TrimEnd('.')) { Remedy = $"replace or remove {plugin.Path}" },
            };
        }
        if (plugins.Records.Count == 0)
            yield return new("plugins", "any", FindingState.Missing, $"no plugin in {string.Join(", ", plugins.SearchPaths)}") { Remedy = "give --plugins DIR", IsFatal = true };
    }

    /// <summary>Loads the BPF object of each enabled tracer into the kernel and frees it again.</summary>
    public static IReadOnlyList<Finding> Tracers(PluginCatalog plugins)
    {
        if (!KernelFeatures.RingBuffer.IsSupported)
        {
            return [.. plugins.Tracers.Select(t => new Finding("tracers", t.Name, FindingState.Unknown, "its BPF programs were not shown to the kernel: there is no events ring")
            {
                Remedy = "see kernel and privileges above",
            })];
        }
        using BpfMap ring = BpfMap.CreateRingBuffer("events", (uint)Environment.SystemPageSize * 16);
        using SharedMaps shared = new();
        using ProcessEventSource? watcher = ProcessEventSource.TryOpen(NullLogger.Instance);
        if (watcher is not null) shared.Add(watcher.Targets);
        return [.. plugins.Tracers.Select((tracer, i) => Load(tracer, (ushort)(i + 1), ring, shared))];
    }

    private static Finding Load(ITracer tracer, ushort id, BpfMap ring, SharedMaps shared)
    {
        using TracerHost host = new(tracer, id);
        host.Load(ring, shared, AttachmentFlags.None, KernelFeatures.UprobeMulti.IsSupported);
        if (host.State != TracerState.Ok)
        {
            return new("tracers", tracer.Name, FindingState.Missing, (host.Reason ?? "refused").TrimEnd('.'))
            {
                Remedy = $"run with --log-level DEBUG for the verifier's log; [tracers.{tracer.Name}] enabled = false leaves it out",
            };
        }
        string fronts = host.Fronts.Count == 0 ? "" : $", watching by {string.Join(", ", host.Fronts.Select(f => f.Name).Distinct())}";
        return host.FrontRefusals.Count == 0
            ? new("tracers", tracer.Name, FindingState.Ok, $"its programs pass the kernel's verifier{fronts}")
            : new("tracers", tracer.Name, FindingState.Limited, $"its programs pass the kernel's verifier{fronts}; {string.Join("; ", host.FrontRefusals.Select(r => r.TrimEnd('.')))}");
    }
}

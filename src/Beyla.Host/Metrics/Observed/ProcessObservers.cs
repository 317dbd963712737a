using Beyla.Host.Configuration;
using Beyla.Host.Metrics.Processes;
using Beyla.Host.Runtime;

namespace Beyla.Host.Metrics.Observed;

/// <summary>Who looks up values of traced processes.</summary>
internal static class ProcessObservers
{
    /// <summary>The host's own that are switched on, then the tracers that have such metrics.</summary>
    public static IEnumerable<(string Name, IProcessObserver Observer)> Of(BeylaOptions options, IReadOnlyList<ITracer> tracers)
    {
        if (options.Metrics.Features.HasFlag(MetricFeatures.Process)) yield return ("process", new KernelProcessObserver(TimeProvider.System));
        if (options.Metrics.Features.HasFlag(MetricFeatures.Runtime)) yield return ("runtime", new GoRuntimeObserver());
        foreach (ITracer tracer in tracers)
            if (tracer is IProcessObserver observer) yield return (tracer.Name, observer);
    }
}

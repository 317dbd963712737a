using System.Runtime.CompilerServices;
using Beyla.Host.Configuration;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Metrics;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Export.Prometheus;

/// <summary>Serves the pages that the configuration names.</summary>
internal static class PrometheusPages
{
    /// <summary>Whether any page is served.</summary>
    public static bool AreWanted(BeylaOptions options) => options.Prometheus.Port != 0 || options.InternalMetrics.Port != 0;

    /// <summary>Starts to serve. Apart, so that nothing of ASP.NET is loaded where nothing is served.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="metrics">The aggregator; null when only the agent's own metrics are served.</param>
    /// <param name="resources">The resources of the processes.</param>
    /// <param name="own">The agent's own metrics.</param>
    /// <param name="log">Says where.</param>
    /// <exception cref="InvalidOperationException">A port cannot be opened.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDisposable Serve(BeylaOptions options, SpanMetrics? metrics, ProcessResources resources, IReadOnlyList<IMetricsSource> own, ILogger log)
    {
        PrometheusOptions main = options.Prometheus, intern = options.InternalMetrics;
        List<MetricsPage> pages = [];
        if (main.Port != 0)
        {
            bool beylaV1 = options.Metrics.Names == MetricNames.BeylaV1;
            SpanMetricsSource spans = new(metrics!, resources, new ResourceLabels(beylaV1), options.Metrics.Features, main.Ttl);
            pages.Add(new MetricsPage(main.Host, main.Port, main.Path, intern.Port == 0 ? [spans, .. own] : [spans]));
        }
        if (intern.Port != 0) pages.Add(new MetricsPage(intern.Host ?? (intern.Port == main.Port ? main.Host : null), intern.Port, intern.Path, own));
        PrometheusServer server = PrometheusServer.Start(pages);
        foreach (MetricsPage page in pages) log.LogInformation("metrics for Prometheus: http://{Host}:{Port}{Path}.", page.Host ?? "*", page.Port, page.Path);
        return server;
    }
}

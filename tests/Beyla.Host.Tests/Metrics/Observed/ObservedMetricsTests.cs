using System.Text;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Prometheus;
using Beyla.Host.Metrics;
using Beyla.Host.Metrics.Observed;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Export.Otlp;
using Beyla.Host.Tests.Plugins;
using Beyla.Testing.Otlp;

namespace Beyla.Host.Tests.Metrics.Observed;

/// <summary>Values that are looked up when metrics are collected.</summary>
public sealed class ObservedMetricsTests : IDisposable
{
    private readonly RecordingLogs _logs = new();
    private readonly TestObserver _observer = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Page_OfAProcessWithoutSpans_HasTheValuesOfItsObservers()
    {
        MeasuredSpans spans = new();
        TracedProcesses processes = new(spans.Time);
        using ObservedMetrics observed = Observe(spans, processes);
        Add(processes);

        string[] lines = Page(spans).Split('\n');
        const string process = "{job=\"test/shop\",instance=\"node7:101:77\",service_name=\"shop\",service_namespace=\"test\"";
        Assert.Contains("# TYPE acme_work_seconds_total counter", lines);
        Assert.Contains("acme_work_seconds_total" + process + ",acme_kind=\"useful\"} 1.5", lines);
        Assert.Contains("# TYPE acme_items gauge", lines);
        Assert.Contains("acme_items" + process + "} 7", lines);
        Assert.Contains("acme_load_ratio" + process + "} 0.25", lines);
        Assert.Contains(lines, l => l.StartsWith("target_info{", StringComparison.Ordinal));
    }

    [OracleTheory]
    [InlineData("Cumulative", "sum-cumulative", "4.5")]
    [InlineData("Delta", "sum-delta", "3")]
    [InlineData("LowMemory", "sum-cumulative", "4.5")]
    public async Task Export_SecondInterval_TellsCountersByTemporalityAndTheRestAsItIs(string temporality, string kind, string work)
    {
        using OtlpOracle oracle = new();
        await using Collector collector = await Collector.StartAsync(oracle);
        using MetricExporting exporting = new(collector, Enum.Parse<MetricTemporality>(temporality));
        TracedProcesses processes = new(exporting.Spans.Time);
        using ObservedMetrics observed = Observe(exporting.Spans, processes);
        Add(processes, later: true);
        await exporting.PassIntervalAsync();
        (_observer.WorkDone, _observer.ItemCount) = (4.5, 5);
        await exporting.PassIntervalAsync();

        Assert.Equal(
            [
                $"shop acme.work s {kind} {{acme.kind=useful}} {work}",
                "shop acme.items {item} updown-cumulative {} 5",
                "shop acme.load 1 gauge {} 0.25",
            ], DecodedMetrics.Points(collector.Accepted[^1].Content!));
    }

    [OracleFact]
    public async Task Export_DeltaOfAProcessThatWasThereBefore_BeginsAtTheFirstValue()
    {
        using OtlpOracle oracle = new();
        await using Collector collector = await Collector.StartAsync(oracle);
        using MetricExporting exporting = new(collector, MetricTemporality.Delta);
        TracedProcesses processes = new(exporting.Spans.Time);
        using ObservedMetrics observed = Observe(exporting.Spans, processes);
        Add(processes);
        await exporting.PassIntervalAsync();

        Assert.DoesNotContain(collector.Points, p => p.Contains("acme.work", StringComparison.Ordinal));
    }

    [Fact]
    public void Collect_ObserverFails_EndsThisObservationWithOneLine()
    {
        MeasuredSpans spans = new();
        TracedProcesses processes = new(spans.Time);
        using ObservedMetrics observed = Observe(spans, processes);
        Add(processes);
        _observer.Instead = _ => throw new InvalidOperationException("no such luck");
        for (int i = 0; i < 3; i++)
        {
            spans.Metrics.Collect();
            spans.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Empty(_observer.Observed);
        Assert.Equal(["acme: pid 101 (shop) is no longer observed: InvalidOperationException: no such luck"], _logs.Lines.Select(l => l.Text));
    }

    [Fact]
    public void Collect_ForeignMetricOrMissingAttributes_IsRefused()
    {
        MeasuredSpans spans = new();
        ObservedValues values = new(spans.Metrics, MeasuredSpans.Process(1), new ObserverInstruments(_observer.ObservedMetrics), default);

        Assert.Throws<ArgumentException>(() => values.Set(new ObservedMetric("other", "", "", ObservedKind.Gauge), 1));
        Assert.Throws<ArgumentException>(() => values.Set(TestObserver.Work, 1));
    }

    [Fact]
    public void Collect_ProcessEnded_ItsObservationIsDisposed()
    {
        MeasuredSpans spans = new();
        TracedProcesses processes = new(spans.Time);
        using ObservedMetrics observed = Observe(spans, processes);
        TracedProcess process = Add(processes);
        spans.Metrics.Collect();
        Assert.Equal([101], _observer.Observed);

        processes.End(process.Handle);
        spans.Time.Advance(TimeSpan.FromSeconds(5));
        spans.Metrics.Collect();
        Assert.Empty(_observer.Observed);
    }

    [Fact]
    public void Collect_ProcessThatExportsItsOwnMetrics_IsLeftAlone()
    {
        MeasuredSpans spans = new();
        TracedProcesses processes = new(spans.Time);
        using ObservedMetrics observed = Observe(spans, processes);
        Add(processes).OwnSignals = Signals.Metrics;

        Assert.Empty(spans.Metrics.Collect());
    }

    private ObservedMetrics Observe(MeasuredSpans spans, TracedProcesses processes) =>
        new(spans.Metrics, processes, [("acme", _observer)], spans.Time, _logs.Of<ObservedMetrics>());

    /// <summary>A process that began before the agent, or a second after it.</summary>
    private static TracedProcess Add(TracedProcesses processes, bool later = false)
    {
        ulong start = later ? (ulong)((BootTime.SinceBoot().TotalSeconds + 1) * BootTime.TicksPerSecond) : 77;
        return processes.Add(handle => MeasuredSpans.Process(handle) with { Info = new ProcessInfo(new ProcessId(101, start), 1, "/srv/shop", new HashSet<int>()) });
    }

    private static string Page(MeasuredSpans spans)
    {
        Exposition page = new();
        page.Begin(ExpositionFormat.Text);
        new SpanMetricsSource(spans.Metrics, new ProcessResources("node7", "1.2.3", []), new ResourceLabels(beylaV1: false), MetricFeatures.Application).WriteTo(page);
        page.End();
        return Encoding.UTF8.GetString(page.Written);
    }
}

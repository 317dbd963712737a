using System.Globalization;
using System.Text;
using Beyla.Host.Discovery;
using Beyla.Host.Metrics;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Export.Otlp;

namespace Beyla.Host.Tests.Metrics;

/// <summary>An aggregator with a clock of its own, and spans to feed it with.</summary>
internal sealed class MeasuredSpans
{
    /// <summary>Unix ns of the spans' ends: a second after the beginning of <see cref="Time"/>.</summary>
    public const ulong End = 1_728_000_001_000_000_000;

    private readonly Span _span = new(_ => { });

    public MeasuredSpans(
        MeasurementPlan? plan = null, int limit = 2000, bool exponential = false, ExemplarFilter exemplars = ExemplarFilter.TraceBased, TimeProvider? time = null)
    {
        HistogramForms forms = new(Explicit: !exponential, Exponential: exponential);
        Metrics = new SpanMetrics(
            new FamilyInstruments(plan ?? new MeasurementPlan()),
            new MetricLimits(limit, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1), forms, exemplars), time ?? Time);
    }

    public ManualTime Time { get; } = new();

    public SpanMetrics Metrics { get; }

    /// <summary>A process that serves on ports.</summary>
    public static TracedProcess Process(uint handle, string name = "shop", string? ns = "test", params int[] ports) => new(
        handle, new ProcessInfo(new ProcessId((int)handle + 100, 77), 1, $"/srv/{name}", new HashSet<int>(ports)), new ServiceIdentity(name, ns), "go");

    /// <summary>Begins a span of a family; the kind is a server's unless told otherwise.</summary>
    public Span Begin(SpanFamily family, double milliseconds = 10, SpanKind kind = SpanKind.Server)
    {
        _span.Reset(kind, family, new EventHeader { Start = End - (ulong)(milliseconds * 1e6), End = End });
        _span.SetIds(new TraceId(1, 2), new SpanId(3), default);
        return _span;
    }

    /// <summary>Feeds a span.</summary>
    public void Write(Span span, TracedProcess process) => Metrics.Write(span, new SpanContext("net-http", process, 0));

    /// <summary>Feeds a request to an HTTP server.</summary>
    public void Serve(TracedProcess process, string route = "/orders/{id}", int status = 200, double milliseconds = 10, string path = "/orders/17", int bytes = 100) =>
        Write(
            Begin(SpanFamilies.HttpServer, milliseconds).SetName("GET"u8, Encoding.UTF8.GetBytes(route))
                .Set(Attributes.HttpRequestMethod, "GET"u8).Set(Attributes.UrlScheme, "http"u8).Set(Attributes.UrlPath, Encoding.UTF8.GetBytes(path))
                .Set(Attributes.ClientAddress, "192.0.2.1"u8).Set(Attributes.HttpRoute, Encoding.UTF8.GetBytes(route))
                .Set(Attributes.HttpResponseStatusCode, status).Set(Attributes.HttpRequestBodySize, bytes),
            process);

    /// <summary>All series as text, sorted: metric{attributes} count.</summary>
    public IReadOnlyList<string> Counts() =>
    [
        .. (from process in Metrics.Processes()
            from table in process.Tables
            from series in All(table)
            from i in Enumerable.Range(0, table.Group.Metrics.Length)
            where series.Points[i] is not null
            select $"{process.Process.Service.Name} {table.Group.Metrics[i].Name}{{{Labels(table, series)}}} {Count(series.Points[i]!)}").Order(StringComparer.Ordinal),
    ];

    /// <summary>The only point of a metric.</summary>
    public HistogramPoint Single(string metric) => (HistogramPoint)(
        from process in Metrics.Processes()
        from table in process.Tables
        from series in All(table)
        from i in Enumerable.Range(0, table.Group.Metrics.Length)
        where table.Group.Metrics[i].Name == metric
        select series.Points[i]).Single()!;

    private static List<MetricSeries> All(SeriesTable table)
    {
        List<MetricSeries> all = [];
        foreach (MetricSeries series in table) all.Add(series);
        return all;
    }

    private static string Count(MetricPoint point) => (point is CounterPoint counter ? counter.Value : point.Count).ToString(CultureInfo.InvariantCulture);

    private static string Labels(SeriesTable table, MetricSeries series)
    {
        if (series.IsOverflow) return "overflow";
        List<string> labels = [];
        AttributeSetReader reader = new(series.Attributes);
        foreach (AttributeKey attribute in table.Group.Keys)
        {
            Assert.True(reader.Next());
            if (reader.IsSet) labels.Add($"{attribute}={(reader.Type == AttributeType.Text ? Encoding.UTF8.GetString(reader.Text) : reader.Integer.ToString(CultureInfo.InvariantCulture))}");
        }
        Assert.False(reader.Next());
        return string.Join(',', labels);
    }
}

using System.Text;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Metrics;
using Beyla.Host.Metrics.Observed;

namespace Beyla.Host.Export.Prometheus;

/// <summary>The series of the aggregator, and what is known of the processes (<c>target_info</c>).</summary>
/// <param name="metrics">The aggregator.</param>
/// <param name="resources">The resources of the processes.</param>
/// <param name="labels">Their labels.</param>
/// <param name="features">Groups of metrics that are on.</param>
/// <param name="ttl">A series that was not fed for so long is not told; null: until the aggregator ends it.</param>
internal sealed class SpanMetricsSource(SpanMetrics metrics, ProcessResources resources, ResourceLabels labels, MetricFeatures features, TimeSpan? ttl = null) : IMetricsSource
{
    private readonly Dictionary<MetricGroup, byte[][]> _labelNames = [];
    private readonly Exposition _series = new();

    /// <summary>A metric in a group.</summary>
    private readonly record struct Place(MetricGroup Group, int Instrument)
    {
        public MetricDefinition Metric => Group.Metrics[Instrument];
    }

    public void WriteTo(Exposition page)
    {
        ProcessSeries[] processes = metrics.Collect();
        IEnumerable<Place> places = metrics.Groups.SelectMany(g => Enumerable.Range(0, g.Metrics.Length).Select(i => new Place(g, i)));
        foreach (IGrouping<string, Place> family in places.GroupBy(p => PrometheusNames.Family(p.Metric), StringComparer.Ordinal))
            Family(page, family.Key, [.. family], processes);
        if (processes.Length == 0) return;
        Targets(page, "target", processes);
        if ((features & (MetricFeatures.Span | MetricFeatures.SpanOtel)) != 0) Targets(page, "traces_target", processes);
    }

    private void Family(Exposition page, string name, Place[] places, ProcessSeries[] processes)
    {
        MetricDefinition metric = places[0].Metric;
        int begin = page.Length;
        page.Head(name, TypeOf(metric.Kind), PrometheusNames.Unit(metric.Unit), metric.Description);
        int samples = page.Length;
        foreach (Place place in places)
        {
            // Plugins may choose the same name for different things; a page may not.
            if (place.Metric.Kind != metric.Kind || !SameBoundaries(place.Metric, metric)) continue;
            foreach (ProcessSeries process in processes)
            {
                byte[] processLabels = labels.Of(resources.Of(process.Process)).OfSamples;
                lock (metrics.Gate)
                    if (process.Find(place.Group) is { } table) Samples(page, name, table, place.Instrument, processLabels);
            }
        }
        if (page.Length == samples) page.Truncate(begin);
    }

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Histogram => "histogram",
        MetricKind.Counter => "counter",
        _ => "gauge",
    };

    private static bool SameBoundaries(MetricDefinition a, MetricDefinition b) => a.Kind != MetricKind.Histogram || a.Boundaries.AsSpan().SequenceEqual(b.Boundaries.AsSpan());

    private void Samples(Exposition page, string name, SeriesTable table, int instrument, byte[] processLabels)
    {
        long idleSince = metrics.Before(ttl ?? metrics.Limits.Ttl);
        foreach (MetricSeries series in table)
        {
            if (series.Points[instrument] is not { } point || series.LastFed < idleSince) continue;
            WriteLabels(processLabels, table.Group, series);
            MetricDefinition metric = table.Group.Metrics[instrument];
            if (point is HistogramPoint histogram) Histogram(page, name, metric, histogram);
            else if (point is ObservedPoint observed) Sample(page, name, metric.Kind == MetricKind.Counter ? "_total"u8 : default, observed);
            else Sample(page, name, "_total"u8, ((CounterPoint)point).Value);
        }
    }

    private void Histogram(Exposition page, string name, MetricDefinition metric, HistogramPoint point)
    {
        long count = 0;
        for (int i = 0; i < point.Buckets.Length; i++)
        {
            count += point.Buckets[i];
            page.Add(name);
            page.Add("_bucket{"u8);
            page.Add(_series.Written);
            page.Add(",le=\""u8);
            page.Boundary(i < metric.Boundaries.Length ? metric.Boundaries[i] : double.PositiveInfinity);
            page.Add("\"} "u8);
            page.Add(count);
            if (page.IsOpenMetrics) Exemplar(page, point, i);
            page.Add("\n"u8);
        }
        Begin(page, name, "_sum"u8);
        page.Add(point.Sum);
        page.Add("\n"u8);
        Sample(page, name, "_count"u8, point.Count);
    }

    private void Sample(Exposition page, string name, ReadOnlySpan<byte> suffix, long value)
    {
        Begin(page, name, suffix);
        page.Add(value);
        page.Add("\n"u8);
    }

    private void Sample(Exposition page, string name, ReadOnlySpan<byte> suffix, ObservedPoint point)
    {
        Begin(page, name, suffix);
        if (point.IsWhole) page.Add(point.Whole);
        else page.Add(point.Number);
        page.Add("\n"u8);
    }

    private void Begin(Exposition page, string name, ReadOnlySpan<byte> suffix)
    {
        page.Add(name);
        page.Add(suffix);
        page.Add("{"u8);
        page.Add(_series.Written);
        page.Add("} "u8);
    }

    private static void Exemplar(Exposition page, HistogramPoint point, int bucket)
    {
        if (point.Exemplars is null || !point.Exemplars.TryGet(bucket, after: 0, out Measurement exemplar)) return;
        Span<byte> hex = stackalloc byte[32];
        page.Add(" # {trace_id=\""u8);
        exemplar.TraceId.Format(hex);
        page.Add(hex);
        page.Add("\",span_id=\""u8);
        exemplar.SpanId.Format(hex);
        page.Add(hex[..16]);
        page.Add("\"} "u8);
        page.Add(exemplar.Value);
        page.Add(" "u8);
        page.Add((long)(exemplar.Time / 1_000_000_000));
        page.Add("."u8);
        long milliseconds = (long)(exemplar.Time / 1_000_000 % 1000);
        page.Add(milliseconds < 10 ? "00"u8 : milliseconds < 100 ? "0"u8 : default);
        page.Add(milliseconds);
    }

    /// <summary>Puts the labels of a series together once; a histogram repeats them in every line.</summary>
    private void WriteLabels(byte[] processLabels, MetricGroup group, MetricSeries series)
    {
        _series.Begin(ExpositionFormat.Text);
        _series.Add(processLabels);
        if (series.IsOverflow)
        {
            _series.Add(",otel_metric_overflow=\"true\""u8);
            return;
        }
        byte[][] names = LabelNames(group);
        AttributeSetReader reader = new(series.Attributes);
        for (int i = 0; reader.Next(); i++)
        {
            if (!reader.IsSet) continue;
            _series.Add(names[i]);
            switch (reader.Type)
            {
                case AttributeType.Text: _series.LabelValue(reader.Text); break;
                case AttributeType.Boolean: _series.Add(reader.Boolean ? "true"u8 : "false"u8); break;
                case AttributeType.Double: _series.Add(reader.Double); break;
                default: _series.Add(reader.Integer); break;
            }
            _series.Add("\""u8);
        }
    }

    /// <summary>The labels of a group's attributes, each up to its value: <c>,http_route="</c>. No two are alike.</summary>
    private byte[][] LabelNames(MetricGroup group)
    {
        if (_labelNames.TryGetValue(group, out byte[][]? known)) return known;
        HashSet<string> taken = [.. labels.Reserved, "le"];
        List<byte[]> names = [];
        foreach (AttributeKey attribute in group.Keys)
        {
            string name = PrometheusNames.Label(attribute.Name);
            while (!taken.Add(name)) name += "_";
            names.Add(Encoding.UTF8.GetBytes($",{name}=\""));
        }
        return _labelNames[group] = [.. names];
    }

    private void Targets(Exposition page, string family, ProcessSeries[] processes)
    {
        page.Head(family, "info", "", "Attributes of the process, for joins by job and instance.");
        foreach (ProcessSeries process in processes)
        {
            page.Add(family);
            page.Add("_info{"u8);
            page.Add(labels.Of(resources.Of(process.Process)).OfTarget);
            page.Add("} 1\n"u8);
        }
    }
}

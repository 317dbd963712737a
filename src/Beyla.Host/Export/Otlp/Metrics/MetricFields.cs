using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Beyla.Host.Export.Otlp.Wire;
using Beyla.Host.Metrics;
using Beyla.Host.Metrics.Observed;

namespace Beyla.Host.Export.Otlp.Metrics;

/// <summary>Which part of time a point tells about.</summary>
/// <param name="IsDelta">Since the last collection; else since the series began.</param>
/// <param name="Last">When that was, Unix ns.</param>
/// <param name="Now">When this collection is, Unix ns.</param>
internal readonly record struct CollectionTime(bool IsDelta, ulong Last, ulong Now)
{
    /// <summary>Whether that holds for observed counters, too.</summary>
    public bool ObservedIsDelta { get; init; }

    /// <summary>Series that were last fed before this timestamp are not told.</summary>
    public long IdleSince { get; init; } = long.MinValue;

    /// <summary>The time of a metric: sums that can shrink and gauges are never told as a difference.</summary>
    public CollectionTime Of(MetricDefinition metric) => metric.Kind switch
    {
        MetricKind.UpDownCounter or MetricKind.Gauge => this with { IsDelta = false },
        MetricKind.Counter when metric.IsObserved => this with { IsDelta = ObservedIsDelta },
        _ => this,
    };

    /// <summary>Where the time of a series' points begins.</summary>
    public ulong StartOf(MetricSeries series) => IsDelta ? Last : series.Start;
}

/// <summary>Metrics as fields of ScopeMetrics (opentelemetry-proto, metrics.proto). Allocates nothing.</summary>
internal static class MetricFields
{
    private const int Metrics = 2; // ScopeMetrics
    private const int Name = 1, Description = 2, Unit = 3, Gauge = 5, Sum = 7, Histogram = 9, ExponentialHistogram = 10; // Metric
    private const int DataPoints = 1, Temporality = 2, IsMonotonic = 3; // Sum, Histogram, ExponentialHistogram
    private const uint Delta = 1, Cumulative = 2; // AggregationTemporality
    private const int Start = 2, Time = 3, Count = 4, SumOf = 5; // all kinds of points
    private const int NumberAttributes = 7, AsNumber = 4, AsInteger = 6; // NumberDataPoint
    private const int HistogramAttributes = 9, BucketCounts = 6, ExplicitBounds = 7, HistogramExemplars = 8, Min = 11, Max = 12; // HistogramDataPoint
    private const int ExponentialAttributes = 1, Scale = 6, ZeroCount = 7, Positive = 8, ExponentialExemplars = 11, ExponentialMin = 12, ExponentialMax = 13;
    private const int Offset = 1, Counts = 2; // Buckets
    private const int ExemplarTime = 2, AsDouble = 3, SpanIdField = 4, TraceIdField = 5; // Exemplar

    /// <summary>Writes one metric of a table. To be called under <see cref="SpanMetrics.Gate"/>.</summary>
    /// <param name="to">The scope's message.</param>
    /// <param name="table">The series.</param>
    /// <param name="instrument">Index of the metric in the group.</param>
    /// <param name="collection">Which part of time is told.</param>
    /// <returns>How many points were written; with 0 nothing was.</returns>
    public static int Metric(this ProtobufWriter to, SeriesTable table, int instrument, in CollectionTime collection)
    {
        MetricDefinition metric = table.Group.Metrics[instrument];
        CollectionTime time = collection.Of(metric);
        int begin = to.Length, points = 0;
        int message = to.Open(Metrics);
        to.Text(Name, metric.Name);
        to.Text(Description, metric.Description);
        if (metric.Unit.Length > 0) to.Text(Unit, metric.Unit);
        bool exponential = false, wasRead = collection.IsDelta;
        int data = 0;
        foreach (MetricSeries series in table)
        {
            if (series.Points[instrument] is not { } point || (wasRead && point.UnsentCount == 0) || series.LastFed < collection.IdleSince) continue;
            exponential = point is HistogramPoint { Exponential: not null };
            if (points++ == 0) data = to.Open(FieldOf(metric.Kind, exponential));
            int at = to.Open(DataPoints);
            if (point is CounterPoint counter) to.Number(table.Group, series, counter, time);
            else if (point is ObservedPoint observed) to.Number(table.Group, series, observed, time);
            else if (exponential) to.ExponentialPoint(table.Group, series, (HistogramPoint)point, time);
            else to.ExplicitPoint(table.Group, series, (HistogramPoint)point, metric, time);
            to.Close(at);
            if (wasRead) point.MarkSent();
        }
        if (points == 0)
        {
            to.Truncate(begin);
            return 0;
        }
        if (metric.Kind != MetricKind.Gauge) to.Varint(Temporality, time.IsDelta ? Delta : Cumulative);
        if (metric.Kind == MetricKind.Counter) to.Varint(IsMonotonic, 1);
        to.Close(data);
        to.Close(message);
        return points;
    }

    private static int FieldOf(MetricKind kind, bool exponential) => kind switch
    {
        MetricKind.Counter or MetricKind.UpDownCounter => Sum,
        MetricKind.Gauge => Gauge,
        _ => exponential ? ExponentialHistogram : Histogram,
    };

    private static void Number(this ProtobufWriter to, MetricGroup group, MetricSeries series, ObservedPoint point, in CollectionTime time)
    {
        to.Attributes(NumberAttributes, group, series);
        to.Times(series, time);
        if (point.IsWhole) to.Fixed64(AsInteger, (ulong)(time.IsDelta ? point.UnsentWhole : point.Whole));
        else to.Double(AsNumber, time.IsDelta ? point.UnsentNumber : point.Number);
    }

    private static void Number(this ProtobufWriter to, MetricGroup group, MetricSeries series, CounterPoint point, in CollectionTime time)
    {
        to.Attributes(NumberAttributes, group, series);
        to.Times(series, time);
        to.Fixed64(AsInteger, (ulong)(time.IsDelta ? point.Unsent : point.Value));
    }

    private static void ExplicitPoint(
        this ProtobufWriter to, MetricGroup group, MetricSeries series, HistogramPoint point, MetricDefinition metric, in CollectionTime time)
    {
        to.Attributes(HistogramAttributes, group, series);
        to.Times(series, time);
        to.Totals(point, time);
        to.Head(BucketCounts, sizeof(ulong) * point.Buckets.Length);
        for (int i = 0; i < point.Buckets.Length; i++) to.PackedFixed64((ulong)(time.IsDelta ? point.UnsentOf(i) : point.Buckets[i]));
        ImmutableArray<double> boundaries = metric.Boundaries;
        if (boundaries.Length > 0) to.Head(ExplicitBounds, sizeof(double) * boundaries.Length);
        foreach (double boundary in boundaries) to.PackedFixed64(BitConverter.DoubleToUInt64Bits(boundary));
        to.Exemplars(HistogramExemplars, point, time);
        to.Double(Min, point.Min);
        to.Double(Max, point.Max);
    }

    private static void ExponentialPoint(this ProtobufWriter to, MetricGroup group, MetricSeries series, HistogramPoint point, in CollectionTime time)
    {
        ExponentialBuckets buckets = point.Exponential!; // with delta temporality they hold what is unsent
        to.Attributes(ExponentialAttributes, group, series);
        to.Times(series, time);
        to.Totals(point, time);
        to.ZigZag(Scale, buckets.Scale);
        to.Fixed64(ZeroCount, (ulong)buckets.ZeroCount);
        if (buckets.Length > 0)
        {
            int positive = to.Open(Positive);
            to.ZigZag(Offset, buckets.Offset);
            int counts = to.Open(Counts);
            foreach (long count in buckets.Counts) to.PackedVarint((ulong)count);
            to.Close(counts);
            to.Close(positive);
        }
        to.Exemplars(ExponentialExemplars, point, time);
        to.Double(ExponentialMin, point.Min);
        to.Double(ExponentialMax, point.Max);
    }

    private static void Times(this ProtobufWriter to, MetricSeries series, in CollectionTime time)
    {
        ulong start = time.StartOf(series);
        to.Fixed64(Start, start);
        to.Fixed64(Time, Math.Max(time.Now, start)); // two clocks
    }

    private static void Totals(this ProtobufWriter to, HistogramPoint point, in CollectionTime time)
    {
        to.Fixed64(Count, (ulong)(time.IsDelta ? point.UnsentCount : point.Count));
        to.Double(SumOf, time.IsDelta ? point.UnsentSum : point.Sum);
    }

    private static void Exemplars(this ProtobufWriter to, int field, HistogramPoint point, in CollectionTime time)
    {
        for (int i = 0; i < (point.Exemplars?.Count ?? 0); i++)
        {
            if (!point.Exemplars!.TryGet(i, time.Last, out Measurement exemplar)) continue;
            int message = to.Open(field);
            to.Fixed64(ExemplarTime, exemplar.Time);
            to.Double(AsDouble, exemplar.Value);
            SpanId span = exemplar.SpanId;
            to.Bytes(SpanIdField, MemoryMarshal.AsBytes(new ReadOnlySpan<SpanId>(in span)));
            TraceId trace = exemplar.TraceId;
            to.Bytes(TraceIdField, MemoryMarshal.AsBytes(new ReadOnlySpan<TraceId>(in trace)));
            to.Close(message);
        }
    }

    private static void Attributes(this ProtobufWriter to, int field, MetricGroup group, MetricSeries series)
    {
        if (series.IsOverflow)
        {
            to.Attribute(field, "otel.metric.overflow"u8, true);
            return;
        }
        AttributeSetReader reader = new(series.Attributes);
        foreach (AttributeKey attribute in group.Keys)
        {
            if (!reader.Next() || !reader.IsSet) continue;
            ReadOnlySpan<byte> key = attribute.Utf8;
            switch (reader.Type)
            {
                case AttributeType.Text: to.Attribute(field, key, reader.Text); break;
                case AttributeType.Double: to.Attribute(field, key, reader.Double); break;
                case AttributeType.Boolean: to.Attribute(field, key, reader.Boolean); break;
                default: to.Attribute(field, key, reader.Integer); break;
            }
        }
    }
}

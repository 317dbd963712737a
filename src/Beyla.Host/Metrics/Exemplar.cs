namespace Beyla.Host.Metrics;

/// <summary>Which measurements may become exemplars (OTEL_METRICS_EXEMPLAR_FILTER).</summary>
internal enum ExemplarFilter
{
    /// <summary>Those of spans whose trace is sampled.</summary>
    TraceBased,

    /// <summary>All.</summary>
    AlwaysOn,

    /// <summary>None.</summary>
    AlwaysOff,
}

/// <summary>A measurement, with the span that it was taken of.</summary>
/// <param name="Value">In the metric's unit.</param>
/// <param name="Time">When, Unix ns.</param>
/// <param name="TraceId">The span's trace.</param>
/// <param name="SpanId">The span.</param>
/// <param name="IsExemplar">Whether it may be kept as an exemplar.</param>
internal readonly record struct Measurement(double Value, ulong Time, TraceId TraceId, SpanId SpanId, bool IsExemplar);

/// <summary>The exemplars of a point: the last measurement of each bucket.</summary>
/// <param name="slots">How many are kept.</param>
internal sealed class ExemplarReservoir(int slots)
{
    private readonly Slot?[] _slots = new Slot?[slots];
    private int _next;

    /// <summary>Made when a bucket gets its first measurement, then reused: most buckets of most series stay empty.</summary>
    private sealed class Slot
    {
        public Measurement Measurement;
    }

    /// <summary>How many could be kept.</summary>
    public int Count => _slots.Length;

    /// <summary>Keeps a measurement.</summary>
    /// <param name="bucket">The bucket's index; negative: in turn, for points without buckets of fixed boundaries.</param>
    /// <param name="measurement">The measurement.</param>
    public void Offer(int bucket, in Measurement measurement)
    {
        if (bucket < 0) bucket = _next = (_next + 1) % _slots.Length;
        (_slots[bucket] ??= new Slot()).Measurement = measurement;
    }

    /// <summary>The exemplar of a bucket; false when there is none that is newer.</summary>
    /// <param name="bucket">Index of the bucket.</param>
    /// <param name="after">Unix ns.</param>
    /// <param name="exemplar">The exemplar.</param>
    public bool TryGet(int bucket, ulong after, out Measurement exemplar)
    {
        exemplar = _slots[bucket]?.Measurement ?? default;
        return exemplar.IsExemplar && exemplar.Time > after;
    }
}

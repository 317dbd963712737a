namespace Beyla.Host.Metrics;

/// <summary>The running value of one metric with one set of attributes.</summary>
internal abstract class MetricPoint
{
    /// <summary>How many measurements there were since the beginning.</summary>
    public long Count { get; protected set; }

    /// <summary>How many there were since <see cref="MarkSent"/>.</summary>
    public long UnsentCount => Count - SentCount;

    /// <summary>How many there were until <see cref="MarkSent"/>.</summary>
    protected long SentCount { get; set; }

    /// <summary>Takes a measurement; allocates nothing once a bucket has its exemplar.</summary>
    public abstract void Record(in Measurement measurement);

    /// <summary>For delta temporality: what was measured so far has been given out.</summary>
    public virtual void MarkSent() => SentCount = Count;
}

/// <summary>A sum of whole numbers.</summary>
internal sealed class CounterPoint : MetricPoint
{
    private long _sent;

    /// <summary>The sum since the beginning.</summary>
    public long Value { get; private set; }

    /// <summary>The sum since <see cref="MarkSent"/>.</summary>
    public long Unsent => Value - _sent;

    public override void Record(in Measurement measurement)
    {
        Count++;
        Value += (long)measurement.Value;
    }

    public override void MarkSent()
    {
        base.MarkSent();
        _sent = Value;
    }
}

/// <summary>Which forms of a histogram are kept.</summary>
/// <param name="Explicit">Buckets of fixed boundaries.</param>
/// <param name="Exponential">Base-2 exponential buckets.</param>
internal readonly record struct HistogramForms(bool Explicit, bool Exponential);

/// <summary>A distribution.</summary>
internal sealed class HistogramPoint : MetricPoint
{
    /// <summary>Exemplars of a point without buckets of fixed boundaries.</summary>
    private const int FreeExemplars = 4;

    private readonly MetricDefinition _metric;
    private readonly long[] _buckets;
    private long[] _sentBuckets = [];
    private double _sentSum;

    /// <param name="metric">The metric.</param>
    /// <param name="forms">Which forms are kept.</param>
    /// <param name="exemplars">Whether exemplars are kept.</param>
    public HistogramPoint(MetricDefinition metric, HistogramForms forms, bool exemplars)
    {
        _metric = metric;
        _buckets = forms.Explicit ? new long[metric.Boundaries.Length + 1] : [];
        if (forms.Exponential) Exponential = new ExponentialBuckets();
        if (exemplars) Exemplars = new ExemplarReservoir(forms.Explicit ? _buckets.Length : FreeExemplars);
    }

    /// <summary>Sum of all values.</summary>
    public double Sum { get; private set; }

    /// <summary>Sum of the values since <see cref="MarkSent"/>.</summary>
    public double UnsentSum => Sum - _sentSum;

    /// <summary>The smallest value since <see cref="MarkSent"/>.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest value since <see cref="MarkSent"/>.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>How many values each bucket holds, the last without an upper boundary.</summary>
    public ReadOnlySpan<long> Buckets => _buckets;

    /// <summary>The exponential form; <see langword="null"/> when it is not kept. Holds the values since <see cref="MarkSent"/>.</summary>
    public ExponentialBuckets? Exponential { get; }

    /// <summary>Exemplars, one for each bucket; <see langword="null"/> when none are kept.</summary>
    public ExemplarReservoir? Exemplars { get; }

    /// <summary>How many values a bucket got since <see cref="MarkSent"/>.</summary>
    public long UnsentOf(int bucket) => _buckets[bucket] - (_sentBuckets.Length == 0 ? 0 : _sentBuckets[bucket]);

    public override void Record(in Measurement measurement)
    {
        double value = measurement.Value;
        Count++;
        Sum += value;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
        Exponential?.Record(value);
        int bucket = _buckets.Length == 0 ? -1 : BucketOf(value);
        if (bucket >= 0) _buckets[bucket]++;
        if (measurement.IsExemplar) Exemplars?.Offer(bucket, measurement);
    }

    public override void MarkSent()
    {
        base.MarkSent();
        _sentSum = Sum;
        if (_sentBuckets.Length != _buckets.Length) _sentBuckets = new long[_buckets.Length];
        _buckets.CopyTo(_sentBuckets, 0);
        (Min, Max) = (double.PositiveInfinity, double.NegativeInfinity);
        Exponential?.Reset();
    }

    /// <summary>Boundaries are few and most values small: from below.</summary>
    private int BucketOf(double value)
    {
        ReadOnlySpan<double> boundaries = _metric.Boundaries.AsSpan();
        int bucket = 0;
        while (bucket < boundaries.Length && value > boundaries[bucket]) bucket++;
        return bucket;
    }
}

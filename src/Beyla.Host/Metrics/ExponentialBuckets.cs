namespace Beyla.Host.Metrics;

/// <summary>
/// A base-2 exponential histogram of values that are not negative (OpenTelemetry metrics data model, ExponentialHistogram): bucket i of scale s
/// holds the values in (2^(i/2^s), 2^((i+1)/2^s)]. The scale shrinks as soon as the values span more than <see cref="MaxBuckets"/>.
/// </summary>
internal sealed class ExponentialBuckets
{
    /// <summary>Most buckets; default of the specification (metrics SDK, Base2 Exponential Bucket Histogram Aggregation).</summary>
    public const int MaxBuckets = 160;

    private const int MaxScale = 20;
    private const int MinScale = -10; // one bucket holds all doubles

    private readonly long[] _counts = new long[MaxBuckets];

    /// <summary>The scale.</summary>
    public int Scale { get; private set; } = MaxScale;

    /// <summary>How many values were zero.</summary>
    public long ZeroCount { get; private set; }

    /// <summary>Index of the first bucket.</summary>
    public int Offset { get; private set; }

    /// <summary>How many buckets there are from <see cref="Offset"/> on.</summary>
    public int Length { get; private set; }

    /// <summary>The counts of the buckets.</summary>
    public ReadOnlySpan<long> Counts => _counts.AsSpan(0, Length);

    /// <summary>Counts a value; what is below zero counts as zero.</summary>
    public void Record(double value)
    {
        if (!(value > 0))
        {
            ZeroCount++;
            return;
        }
        int index = IndexOf(value);
        while (!Fits(index))
        {
            Downscale();
            index = IndexOf(value);
        }
        if (Length == 0) (Offset, Length, _counts[0]) = (index, 1, 0);
        if (index < Offset)
        {
            int shift = Offset - index;
            _counts.AsSpan(0, Length).CopyTo(_counts.AsSpan(shift));
            _counts.AsSpan(0, shift).Clear();
            (Offset, Length) = (index, Length + shift);
        }
        else if (index >= Offset + Length)
        {
            int length = index - Offset + 1;
            _counts.AsSpan(Length, length - Length).Clear();
            Length = length;
        }
        _counts[index - Offset]++;
    }

    /// <summary>Forgets all values; the scale stays, it suits them.</summary>
    public void Reset() => (ZeroCount, Offset, Length) = (0, 0, 0);

    private bool Fits(int index) =>
        Scale == MinScale || Length == 0 || Math.Max(index, Offset + Length - 1) - (long)Math.Min(index, Offset) < MaxBuckets;

    private int IndexOf(double value)
    {
        // The exponent e of 2^e <= value < 2^(e+1); a power of two is the upper, inclusive boundary of the bucket below.
        int exponent = Math.ILogB(value);
        bool isPower = Math.ScaleB(value, -exponent) == 1;
        if (Scale <= 0) return (isPower ? exponent - 1 : exponent) >> -Scale;
        if (isPower) return (exponent << Scale) - 1;
        int index = (int)Math.Ceiling(Math.ScaleB(Math.Log2(value), Scale)) - 1;
        // Rounding must not carry a value over a power of two.
        return Math.Clamp(index, exponent << Scale, ((exponent + 1) << Scale) - 1);
    }

    /// <summary>Two neighbours become one bucket.</summary>
    private void Downscale()
    {
        int offset = Offset >> 1, length = 0;
        for (int i = 0; i < Length; i++)
        {
            int at = ((Offset + i) >> 1) - offset;
            long count = _counts[i];
            if (at >= length)
            {
                _counts[at] = count;
                length = at + 1;
            }
            else
            {
                _counts[at] += count;
            }
        }
        Scale--;
        (Offset, Length) = (offset, length);
    }
}

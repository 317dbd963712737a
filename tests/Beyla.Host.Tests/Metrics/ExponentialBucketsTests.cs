using Beyla.Host.Metrics;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Metrics;

/// <summary>Every value lies in the bucket whose boundaries the data model names.</summary>
public sealed class ExponentialBucketsTests
{
    private static readonly Gen<double> Values = Gen.Choose(-1022, 1023)
        .SelectMany(_ => Gen.Choose(0, int.MaxValue), (exponent, fraction) => Math.ScaleB(1 + fraction / (double)int.MaxValue, exponent));

    [Fact]
    public void Record_AnyValues_LieWithinTheBoundariesOfTheirBuckets() =>
        Prop.ForAll(Values.NonEmptyListOf().ToArbitrary(), values =>
        {
            ExponentialBuckets buckets = new();
            foreach (double value in values) buckets.Record(value);

            Assert.InRange(buckets.Length, 1, ExponentialBuckets.MaxBuckets);
            Assert.Equal(Expected(values, buckets), buckets.Counts.ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Record_NarrowValues_KeepsAFineScale()
    {
        ExponentialBuckets buckets = new();
        for (int i = 0; i < 1000; i++) buckets.Record(0.010 + i * 0.000001);
        Assert.InRange(buckets.Scale, 10, 20);
        Assert.Equal(1000, buckets.Counts.ToArray().Sum());
    }

    [Fact]
    public void Record_PowersOfTwo_AreTheUpperBoundaryOfTheirBucket()
    {
        ExponentialBuckets buckets = new();
        buckets.Record(4);
        Assert.Equal((20, (2 << 20) - 1), (buckets.Scale, buckets.Offset));
        buckets.Record(double.Epsilon);
        buckets.Record(double.MaxValue);
        buckets.Record(0);
        Assert.Equal((3, 1), (buckets.Counts.ToArray().Sum(), buckets.ZeroCount));
    }

    [Fact]
    public void Reset_ThenRecord_HoldsOnlyWhatCameAfter()
    {
        ExponentialBuckets buckets = new();
        foreach (double value in new[] { 1e-9, 3, 1e9 }) buckets.Record(value);
        int scale = buckets.Scale;
        buckets.Reset();
        buckets.Record(3);
        Assert.Equal((scale, 1), (buckets.Scale, buckets.Length));
        Assert.Equal([1], buckets.Counts.ToArray());
    }

    /// <summary>Counted by comparing with the boundaries (base^index, base^(index+1)], which are exact enough away from them.</summary>
    private static long[] Expected(IList<double> values, ExponentialBuckets buckets)
    {
        long[] counts = new long[buckets.Length];
        foreach (double value in values)
        {
            int index = Enumerable.Range(buckets.Offset, buckets.Length).First(i => Math.Log2(value) <= Math.ScaleB(i + 1, -buckets.Scale));
            counts[index - buckets.Offset]++;
        }
        return counts;
    }
}

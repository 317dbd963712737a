namespace Beyla.Host.Metrics.Observed;

/// <summary>An observed value.</summary>
/// <param name="Start">When a sum was zero: the process' start, Unix ns.</param>
/// <param name="IsBaseline">Delta temporality begins at the first value, not at zero: what was before nobody asked for.</param>
internal readonly record struct Observation(ulong Start, bool IsBaseline)
{
    /// <summary>Whether it is a whole number, in <see cref="Whole"/>; else it is in <see cref="Number"/>.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The value.</summary>
    public long Whole { get; init; }

    /// <summary>The value.</summary>
    public double Number { get; init; }
}

namespace Beyla.Host.Metrics.Observed;

/// <summary>The last value that was observed.</summary>
internal sealed class ObservedPoint : MetricPoint
{
    private long _sentWhole;
    private double _sentNumber;

    /// <summary>Whether it is a whole number, in <see cref="Whole"/>; else it is in <see cref="Number"/>.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The value.</summary>
    public long Whole { get; private set; }

    /// <summary>The value.</summary>
    public double Number { get; private set; }

    /// <summary>How much it grew since <see cref="MarkSent"/>.</summary>
    public long UnsentWhole => Whole - _sentWhole;

    /// <summary>How much it grew since <see cref="MarkSent"/>.</summary>
    public double UnsentNumber => Number - _sentNumber;

    /// <summary>Replaces the value.</summary>
    public void Observe(long value)
    {
        (IsWhole, Whole) = (true, value);
        Count++;
    }

    /// <summary>Replaces the value.</summary>
    public void Observe(double value)
    {
        (IsWhole, Number) = (false, value);
        Count++;
    }

    public override void MarkSent()
    {
        base.MarkSent();
        (_sentWhole, _sentNumber) = (Whole, Number);
    }

    /// <summary>Observed values are set, not summed up: <see cref="Observe(double)"/>.</summary>
    public override void Record(in Measurement measurement) => throw new NotSupportedException("spans do not feed an observed metric.");
}

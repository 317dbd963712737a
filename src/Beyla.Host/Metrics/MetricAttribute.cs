using Beyla.Host.Spans;

namespace Beyla.Host.Metrics;

/// <summary>An attribute of a metric: its name, and where its value comes from.</summary>
/// <param name="key">Name in the metric.</param>
internal abstract class MetricAttribute(AttributeKey key)
{
    /// <summary>Name in the metric.</summary>
    public AttributeKey Key => key;

    /// <summary>Adds the value of a span, or that it has none.</summary>
    public abstract void AddTo(AttributeSetBuilder set, Span span, in SpanContext context);
}

/// <summary>An attribute of the span, maybe under another name.</summary>
/// <param name="key">Name in the metric.</param>
/// <param name="source">Name in the span.</param>
internal sealed class SpanAttributeValue(AttributeKey key, AttributeKey source) : MetricAttribute(key)
{
    /// <summary>Under the same name.</summary>
    public SpanAttributeValue(AttributeKey key) : this(key, key) { }

    public override void AddTo(AttributeSetBuilder set, Span span, in SpanContext context)
    {
        if (span.TryGet(source, out SpanAttribute attribute)) set.Add(attribute);
        else set.AddAbsent();
    }
}

/// <summary>Something else that is known of the span.</summary>
/// <param name="key">Name in the metric.</param>
/// <param name="add">Adds exactly one value.</param>
internal sealed class ComputedValue(AttributeKey key, ComputedValue.Adder add) : MetricAttribute(key)
{
    /// <summary>Adds exactly one value to the set; allocates nothing.</summary>
    public delegate void Adder(AttributeSetBuilder set, Span span, in SpanContext context);

    public override void AddTo(AttributeSetBuilder set, Span span, in SpanContext context) => add(set, span, context);
}

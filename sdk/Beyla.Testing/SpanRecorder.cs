using System.Globalization;
using System.Text;

namespace Beyla.Testing;

/// <summary>
/// Keeps what a tracer writes as text that a test can compare: a line for the span (kind, family, name, status), one for each attribute in
/// alphabetical order. Ids and times, which differ from run to run, are left out.
/// </summary>
public sealed class SpanRecorder : ISpanWriter
{
    private readonly Span _span;
    private readonly List<string> _all = [];

    /// <summary>Makes an empty recorder.</summary>
    public SpanRecorder() => _span = new Span(span =>
    {
        string text = Describe(span);
        Spans.Add(text);
        _all.Add(text);
    });

    /// <summary>The spans, in the order in which they ended.</summary>
    public IList<string> Spans { get; } = [];

    /// <summary>Reasons of the records that the tracer dropped.</summary>
    public IList<string> Drops { get; } = [];

    /// <summary>Spans and drops in their order.</summary>
    public IReadOnlyList<string> All => _all;

    /// <inheritdoc/>
    public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => _span.Reset(kind, family, e.Header);

    /// <inheritdoc/>
    public void Drop(string reason)
    {
        Drops.Add(reason);
        _all.Add("dropped: " + reason);
    }

    private static string Describe(Span span)
    {
        List<string> attributes = [];
        for (int i = 0; i < span.AttributeCount; i++)
        {
            SpanAttribute a = span.AttributeAt(i);
            attributes.Add($"{a.Key} = {Value(a)}");
        }
        string message = span.StatusMessage.IsEmpty ? "" : $" '{Encoding.UTF8.GetString(span.StatusMessage)}'";
        string head = $"{span.Kind} {span.Family.Name} '{Encoding.UTF8.GetString(span.Name)}' {span.Status}{message}";
        return string.Join('\n', [head, .. attributes.Order(StringComparer.Ordinal)]);
    }

    private static string Values(TextList list)
    {
        List<string> values = [];
        foreach (ReadOnlySpan<byte> text in list) values.Add($"'{Encoding.UTF8.GetString(text)}'");
        return $"[{string.Join(", ", values)}]";
    }

    private static string Value(in SpanAttribute a) => a.Type switch
    {
        AttributeType.Text => $"'{Encoding.UTF8.GetString(a.Text)}'",
        AttributeType.Double => a.Double.ToString("R", CultureInfo.InvariantCulture),
        AttributeType.Boolean => a.Boolean ? "true" : "false",
        AttributeType.Texts => Values(a.Texts),
        _ => a.Integer.ToString(CultureInfo.InvariantCulture),
    };
}

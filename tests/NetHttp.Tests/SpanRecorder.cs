using System.Globalization;
using System.Text;
using Beyla;

namespace NetHttp.Tests;

/// <summary>Keeps what a tracer writes as text: one line for the span, one for each attribute, in alphabetical order.</summary>
internal sealed class SpanRecorder : ISpanWriter
{
    private readonly Span _span;

    public SpanRecorder() => _span = new Span(span => Spans.Add(Describe(span)));

    public List<string> Spans { get; } = [];

    public List<string> Drops { get; } = [];

    public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => _span.Reset(kind, family, e.Header);

    public void Drop(string reason) => Drops.Add(reason);

    private static string Describe(Span span)
    {
        List<string> attributes = [];
        for (int i = 0; i < span.AttributeCount; i++)
        {
            SpanAttribute a = span.AttributeAt(i);
            attributes.Add($"{a.Key} = {(a.Type == AttributeType.Text ? $"'{Encoding.UTF8.GetString(a.Text)}'" : a.Integer.ToString(CultureInfo.InvariantCulture))}");
        }
        string head = $"{span.Kind} {span.Family.Name} '{Encoding.UTF8.GetString(span.Name)}' {span.Status}";
        return string.Join('\n', [head, .. attributes.Order(StringComparer.Ordinal)]);
    }
}

/// <summary>Takes spans and forgets them without allocating.</summary>
internal sealed class SpanSink : ISpanWriter
{
    private readonly Span _span;

    public SpanSink() => _span = new Span(_ => Count++);

    public int Count { get; private set; }

    public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => _span.Reset(kind, family, e.Header);

    public void Drop(string reason) => throw new InvalidOperationException(reason);
}

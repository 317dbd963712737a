using System.Text;

namespace Beyla.Host.Spans.Redaction;

/// <summary>
/// Cuts texts of attributes to a number of characters (OpenTelemetry specification, "Attribute limits": OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT). Metrics are
/// exempt there, so this comes after them.
/// </summary>
/// <param name="characters">Most Unicode code points of a text, or of each text of a list.</param>
internal sealed class ValueLengthLimit(int characters)
{
    /// <summary>Cuts what is too long; allocates nothing once the span's buffers have grown.</summary>
    public void Apply(Span span)
    {
        for (int i = 0; i < span.AttributeCount; i++)
        {
            SpanAttribute attribute = span.AttributeAt(i);
            if (attribute.Type == AttributeType.Text && Kept(attribute.Text) is var kept && kept < attribute.Text.Length)
                span.Set(attribute.Key, attribute.Text[..kept]);
            else if (attribute.Type == AttributeType.Texts && IsTooLong(attribute.Texts))
                Cut(span, attribute);
        }
    }

    private void Cut(Span span, SpanAttribute list)
    {
        span.Set(list.Key, false); // another type: the list begins anew, at the same place
        foreach (ReadOnlySpan<byte> text in list.Texts) span.Add(list.Key, text[..Kept(text)]);
    }

    private bool IsTooLong(TextList texts)
    {
        foreach (ReadOnlySpan<byte> text in texts)
            if (Kept(text) < text.Length) return true;
        return false;
    }

    /// <summary>The length in bytes of what may stay.</summary>
    private int Kept(ReadOnlySpan<byte> text)
    {
        if (text.Length <= characters) return text.Length;
        int length = 0;
        for (int left = characters; left > 0 && length < text.Length; left--)
        {
            Rune.DecodeFromUtf8(text[length..], out _, out int bytes);
            length += bytes;
        }
        return length;
    }
}

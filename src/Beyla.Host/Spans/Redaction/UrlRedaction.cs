using System.Buffers;
using System.Text;
using Beyla.Host.Configuration;

namespace Beyla.Host.Spans.Redaction;

/// <summary>
/// Keeps secrets in URLs from leaving the agent (semantic conventions, registry of <c>url.*</c>): user and password of <c>url.full</c> always, queries
/// by the configuration. One thread; allocates nothing in the steady state.
/// </summary>
internal sealed class UrlRedaction(RedactionOptions options)
{
    private readonly byte[][] _sensitive = [.. options.SensitiveQueryParameters.Select(Encoding.UTF8.GetBytes)];
    private readonly ArrayBufferWriter<byte> _text = new(256);

    private static ReadOnlySpan<byte> Redacted => "REDACTED"u8;

    /// <summary>Removes what must not leave.</summary>
    public void Apply(Span span)
    {
        if (span.TryGet(Attributes.UrlQuery, out SpanAttribute query)) Query(span, query.Text);
        if (span.TryGet(Attributes.UrlFull, out SpanAttribute url)) Url(span, url.Text);
    }

    private void Query(Span span, ReadOnlySpan<byte> query)
    {
        if (options.Query == QueryHandling.Keep) return;
        if (options.Query == QueryHandling.Drop)
        {
            span.Remove(Attributes.UrlQuery);
            return;
        }
        _text.ResetWrittenCount();
        WriteRedacted(query);
        span.Set(Attributes.UrlQuery, _text.WrittenSpan);
    }

    private void Url(Span span, ReadOnlySpan<byte> url)
    {
        (int authority, int end) = UrlAuthority.Of(url);
        int user = url[authority..end].LastIndexOf((byte)'@');
        int question = options.Query == QueryHandling.Keep ? -1 : url.IndexOf((byte)'?');
        if (user < 0 && question < 0) return;

        _text.ResetWrittenCount();
        int from = 0;
        if (user >= 0)
        {
            _text.Write(url[..authority]);
            _text.Write("REDACTED:REDACTED"u8);
            from = authority + user;
        }
        _text.Write(question < 0 ? url[from..] : url[from..question]);
        if (question >= 0 && options.Query == QueryHandling.Redact)
        {
            _text.Write("?"u8);
            WriteRedacted(url[(question + 1)..]);
        }
        span.Set(Attributes.UrlFull, _text.WrittenSpan);
    }

    /// <summary><c>q=a&amp;sig=b</c> → <c>q=a&amp;sig=REDACTED</c>.</summary>
    private void WriteRedacted(ReadOnlySpan<byte> query)
    {
        while (true)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            int equals = pair.IndexOf((byte)'=');
            if (equals >= 0 && IsSensitive(pair[..equals]))
            {
                _text.Write(pair[..(equals + 1)]);
                _text.Write(Redacted);
            }
            else
            {
                _text.Write(pair);
            }
            if (end < 0) return;
            _text.Write("&"u8);
            query = query[(end + 1)..];
        }
    }

    /// <summary>Whatever the case: the conventions compare exactly, but a value too many that is hidden does no harm.</summary>
    private bool IsSensitive(ReadOnlySpan<byte> name)
    {
        foreach (byte[] sensitive in _sensitive)
            if (Ascii.EqualsIgnoreCase(name, sensitive)) return true;
        return false;
    }
}

using Beyla.Host.Configuration;
using Beyla.Host.Spans.Redaction;

namespace Beyla.Host.Tests.Spans;

public sealed class UrlRedactionTests
{
    private static Span Apply(Span span, QueryHandling query)
    {
        new UrlRedaction(new RedactionOptions { Query = query }).Apply(span);
        return span;
    }

    [Theory]
    [InlineData(nameof(QueryHandling.Drop), null)]
    [InlineData(nameof(QueryHandling.Redact), "q=1&sig=REDACTED&flag&X-Amz-Signature=REDACTED&=x")]
    [InlineData(nameof(QueryHandling.Keep), "q=1&sig=abc&flag&X-Amz-Signature=&=x")]
    public void Apply_Query_LeavesAsItIsConfigured(string query, string? expected) =>
        Assert.Equal(expected, Apply(SpanBuilder.Served("/a").Set(Attributes.UrlQuery, "q=1&sig=abc&flag&X-Amz-Signature=&=x"u8), Enum.Parse<QueryHandling>(query)).TextOf(Attributes.UrlQuery));

    [Theory]
    [InlineData("http://h/p", "http://h/p", "http://h/p", "http://h/p")]
    [InlineData("http://h:80/p?a=1&Token=b#f", "http://h:80/p", "http://h:80/p?a=1&Token=REDACTED", "http://h:80/p?a=1&Token=b#f")]
    [InlineData("http://u:p@h/x@y?mail=a@b", "http://REDACTED:REDACTED@h/x@y", "http://REDACTED:REDACTED@h/x@y?mail=a@b", "http://REDACTED:REDACTED@h/x@y?mail=a@b")]
    [InlineData("https://u@h", "https://REDACTED:REDACTED@h", "https://REDACTED:REDACTED@h", "https://REDACTED:REDACTED@h")]
    [InlineData("https://a@b:c@h?password=1", "https://REDACTED:REDACTED@h", "https://REDACTED:REDACTED@h?password=REDACTED", "https://REDACTED:REDACTED@h?password=1")]
    [InlineData("/p?next=http://u:p@h/", "/p", "/p?next=http://u:p@h/", "/p?next=http://u:p@h/")]
    [InlineData("", "", "", "")]
    public void Apply_Url_HasNoCredentialsAndTheQueryAsConfigured(string url, string dropped, string redacted, string kept)
    {
        Assert.Equal(dropped, Apply(SpanBuilder.Called(url), QueryHandling.Drop).TextOf(Attributes.UrlFull));
        Assert.Equal(redacted, Apply(SpanBuilder.Called(url), QueryHandling.Redact).TextOf(Attributes.UrlFull));
        Assert.Equal(kept, Apply(SpanBuilder.Called(url), QueryHandling.Keep).TextOf(Attributes.UrlFull));
    }

    [Fact]
    public void Apply_ManySpans_AllocateNothing()
    {
        UrlRedaction redaction = new(new RedactionOptions { Query = QueryHandling.Redact });
        ValueLengthLimit limit = new(8);
        Span span = SpanBuilder.Empty();
        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            span.Reset(SpanKind.Client, SpanFamilies.HttpClient, default).Set(Attributes.UrlFull, "http://u@h/?token=1"u8).Set(Attributes.UrlQuery, "a&sig=1"u8);
            redaction.Apply(span);
            limit.Apply(span);
        }));
    }

    [Fact]
    public void Limit_LongTexts_AreCutAfterWholeCharacters()
    {
        AttributeKey list = new("test.list");
        Span span = SpanBuilder.Served("/äöü€😀x").Set(Attributes.UrlScheme, "http"u8).Add(list, "ab"u8).Add(list, "äöüäöü"u8);
        new ValueLengthLimit(4).Apply(span);

        Assert.Equal(("/äöü", "http", "GET"), (span.TextOf(Attributes.UrlPath), span.TextOf(Attributes.UrlScheme), span.TextOf(Attributes.HttpRequestMethod)));
        Assert.True(span.TryGet(list, out SpanAttribute cut));
        List<string> texts = [];
        foreach (ReadOnlySpan<byte> text in cut.Texts) texts.Add(System.Text.Encoding.UTF8.GetString(text));
        Assert.Equal(["ab", "äöüä"], texts);
    }
}

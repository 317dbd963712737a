using EndToEnd.Harness;

namespace EndToEnd.SelfTests;

/// <summary>The comparison finds each kind of difference and says which it is.</summary>
public sealed class SpanComparisonTests
{
    private static readonly ExpectedSpan s_hello = ExpectedSpan.Server("GET", "/hello", 200).With("http.response.body.size", 6);

    [Fact]
    public void Difference_SameSpansInAnotherOrder_IsNull() =>
        Assert.Null(SpanComparison.Difference([s_hello, ExpectedSpan.Server("GET", "/missing", 404)], [Span("/missing", 404), Span("/hello", 200)]));

    [Fact]
    public void Difference_OneSpanTooFew_NamesIt() =>
        Assert.Contains("missing: server GET /hello 200", SpanComparison.Difference([s_hello, s_hello], [Span("/hello", 200)]), StringComparison.Ordinal);

    [Fact]
    public void Difference_OneSpanTooMany_NamesIt() =>
        Assert.Contains("unexpected: server GET /hello 200", SpanComparison.Difference([s_hello], [Span("/hello", 200), Span("/hello", 200)]), StringComparison.Ordinal);

    [Fact]
    public void Difference_OtherAttribute_NamesBothValues() =>
        Assert.Contains("http.response.body.size is 6, expected 7",
            SpanComparison.Difference([s_hello.With("http.response.body.size", 7)], [Span("/hello", 200)]), StringComparison.Ordinal);

    [Fact]
    public void Difference_NumberAsText_IsADifference()
    {
        SpanRecord span = SpanRecord.Parse(Line("/hello", "200")
            .Replace("\"http.response.body.size\":6", "\"http.response.body.size\":\"6\"", StringComparison.Ordinal));

        Assert.Contains("http.response.body.size is \"6\", expected 6", SpanComparison.Difference([s_hello], [span]), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TimesAsNumbersOrTexts_AreTheSame() =>
        Assert.Equal(SpanRecord.Parse(Line("/", "200")).Start, SpanRecord.Parse(Line("/", "200").Replace("\"1700000000000000001\"", "1700000000000000001", StringComparison.Ordinal)).Start);

    private static SpanRecord Span(string path, int status) => SpanRecord.Parse(Line(path, status.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static string Line(string path, string status) => $$"""
        {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","parentSpanId":"","name":"GET","kind":"server","startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000002","status":{"code":"unset"},"attributes":{"http.request.method":"GET","url.path":"{{path}}","http.response.status_code":{{status}},"http.response.body.size":6},"resource":{"service.name":"http","process.pid":42},"tracer":"net-http"}
        """;
}

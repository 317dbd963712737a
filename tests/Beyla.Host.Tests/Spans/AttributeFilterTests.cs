using System.Text.RegularExpressions;
using Beyla.Host.Configuration;
using Beyla.Host.Spans.Filters;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Spans;

public sealed class AttributeFilterTests
{
    [Theory]
    [InlineData("/user/*", "/user/1/2", true)]
    [InlineData("/user/*", "/users", false)]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "aüc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("{GET,PO*T}", "POST", true)]
    [InlineData("{GET,PO*T}", "PUT", false)]
    [InlineData(@"\*", "*", true)]
    [InlineData(@"\*", "x", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("a,b", "a,b", true)]
    [InlineData("*\n*", "a\nb", true)]
    public void Glob_Text_MatchesAsAWhole(string glob, string text, bool expected)
    {
        Assert.Equal(expected, new Glob(glob).IsMatch(text));
        Assert.Equal(expected, new Glob(glob).IsMatch(SpanBuilder.Utf8(text)));
    }

    [Theory]
    [InlineData("[abc", "'[abc' has a '[' without its ']'")]
    [InlineData("{a,b", "'{a,b' has a '{' without its '}'")]
    public void Glob_Malformed_IsToldInASentence(string glob, string message) => Assert.Equal(message, Assert.Throws<FormatException>(() => new Glob(glob)).Message);

    [Fact]
    public void Glob_AnyTextWithStars_MatchesAsASimpleExpressionDoes() => Prop.ForAll(
        Gen.Elements('a', 'b', '*', '?', '.').ArrayOf().Select(c => new string(c)).ToArbitrary(),
        Gen.Elements('a', 'b', '.').ArrayOf().Select(c => new string(c)).ToArbitrary(),
        (glob, text) => new Glob(glob).IsMatch(SpanBuilder.Utf8(text))
            == Regex.IsMatch(text, $@"\A{Regex.Escape(glob).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)}\z")).QuickCheckThrowOnFailure();

    [Fact]
    public void Glob_ManyTexts_AllocateNothing()
    {
        Glob glob = new("/user/*/{a,b}");
        byte[] text = SpanBuilder.Utf8("/user/17/b");
        Assert.Equal(0, Allocations.InSteadyState(() => glob.IsMatch(text)));
    }

    [Theory]
    [InlineData("url_path", "/api/*", false, true)]
    [InlineData("url.path", "/api/*", true, false)]
    [InlineData("http.response.status_code", "2??", false, true)]
    [InlineData("http.response.status_code", "5??", false, false)]
    [InlineData("rpc.method", "*", false, true)]     // an attribute that is not set is empty
    [InlineData("rpc.method", "?*", false, false)]
    [InlineData("rpc.method", "?*", true, true)]
    [InlineData("service.name", "shop", false, true)]
    [InlineData("service_namespace", "prod*", false, false)]
    [InlineData("test.list", "b", false, true)]
    [InlineData("test.flag", "true", false, true)]
    public void Passes_OneRule_DecidesByTheAttribute(string attribute, string pattern, bool negated, bool expected)
    {
        Span span = SpanBuilder.Served("/api/users").Add(new AttributeKey("test.list"), "a"u8).Add(new AttributeKey("test.list"), "b"u8).Set(new AttributeKey("test.flag"), true);
        Assert.Equal(expected, new AttributeFilter([new AttributeRule(attribute, pattern, negated)]).Passes(span, SpanRecords.Process(1)));
    }

    [Fact]
    public void Passes_SeveralRules_AllMustHold()
    {
        AttributeFilter filter = new([new AttributeRule("url.path", "/api/*", false), new AttributeRule("http.request.method", "OPTIONS", true)]);
        Assert.True(filter.Passes(SpanBuilder.Served("/api/a"), SpanRecords.Process(1)));
        Assert.False(filter.Passes(SpanBuilder.Served("/api/a", "OPTIONS"), SpanRecords.Process(1)));
        Assert.False(filter.Passes(SpanBuilder.Served("/b"), SpanRecords.Process(1)));
    }
}

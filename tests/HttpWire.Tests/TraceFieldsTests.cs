using System.Text;

namespace HttpWire.Tests;

public sealed class TraceFieldsTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c", Span = "b7ad6b7169203331";

    [Theory]
    [InlineData("traceparent", $"00-{Trace}-{Span}-01", true)]
    [InlineData("TraceParent", $"00-{Trace}-{Span}-00", true)]
    [InlineData("traceparent", $"01-{Trace}-{Span}-00-more", true)]
    [InlineData("traceparent", $"00-{Trace}-{Span}-00-more", false)]
    [InlineData("traceparent", $"ff-{Trace}-{Span}-00", false)]
    [InlineData("traceparent", $"00-{Trace}-0000000000000000-00", false)]
    [InlineData("traceparent", $"00-0AF7651916cd43dd8448eb211c80319c-{Span}-00", false)]
    [InlineData("traceparent", $"00-{Trace}-{Span}", false)]
    [InlineData("b3", $"{Trace}-{Span}-1", true)]
    [InlineData("b3", $"{Trace}-{Span}", true)]
    [InlineData("B3", $"{Trace}-{Span}-d-{Span}", true)]
    [InlineData("b3", "0", false)]
    [InlineData("b3", $"{Trace}-{Span}-x", false)]
    public void TryGetParent_OneHeader_GivesTraceAndParent(string name, string value, bool expected)
    {
        Assert.Equal(expected, Parse($"{name}: {value}", Propagators.W3C | Propagators.B3, out TraceId trace, out SpanId parent));

        if (expected) Assert.Equal((Trace, Span), (trace.ToString(), parent.ToString()));
    }

    [Fact]
    public void TryGetParent_SeveralB3Headers_ShortTraceIdIsTheLowerHalf()
    {
        Assert.True(Parse($"X-B3-TraceId: {Span}\r\nX-B3-SpanId: {Span}", Propagators.B3, out TraceId trace, out _));

        Assert.Equal("0000000000000000" + Span, trace.ToString());
    }

    [Fact]
    public void TryGetParent_PropagatorNotAskedFor_IsNotRead()
    {
        Assert.False(Parse($"b3: {Trace}-{Span}-1", Propagators.W3C, out _, out _));
        Assert.False(Parse($"traceparent: 00-{Trace}-{Span}-01", Propagators.B3, out _, out _));
    }

    private static bool Parse(string lines, Propagators propagators, out TraceId trace, out SpanId parent)
    {
        Assert.True(RequestHead.TryParse(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\n{lines}\r\n\r\n"), out RequestHead head));
        return head.Fields.Trace.TryGetParent(propagators, out trace, out parent);
    }
}

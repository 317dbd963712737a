namespace Beyla.Tests;

public sealed class SpanTests
{
    private static readonly AttributeKey Big = new("test.big");

    private static Span New() => new Span(_ => { }).Reset(SpanKind.Server, SpanFamilies.HttpServer, new EventHeader { Start = 5, End = 3 });

    [Fact]
    public void Reset_EndBeforeStart_BecomesAnEmptySpanOfTime() => Assert.Equal(New().StartTime, New().EndTime);

    [Fact]
    public void Set_SameKeyTwice_KeepsTheLastValueInTheFirstPlace()
    {
        Span span = New().Set(Attributes.UrlPath, "/a"u8).Set(Attributes.HttpResponseStatusCode, 200).Set(Attributes.UrlPath, "/b"u8);

        Assert.Equal(2, span.AttributeCount);
        Assert.Equal("/b"u8.ToArray(), span.AttributeAt(0).Text.ToArray());
    }

    [Fact]
    public void Set_TextLargerThanTheBuffer_KeepsEarlierTexts()
    {
        byte[] large = new byte[10_000];
        Span span = New().SetName("GET"u8, "/x"u8).Set(Big, large).Set(Attributes.UrlPath, "/end"u8);

        Assert.Equal("GET /x"u8.ToArray(), span.Name.ToArray());
        Assert.Equal(large.Length, span.AttributeAt(0).Text.Length);
        Assert.Equal("/end"u8.ToArray(), span.AttributeAt(1).Text.ToArray());
    }

    [Fact]
    public void Add_TextsBetweenOtherAttributes_KeepsEachListInItsOrder()
    {
        Span span = New().Add(Big, "a"u8).Set(Attributes.UrlPath, "/x"u8).Add(Big, ""u8).Add(Attributes.UrlFull, "other"u8).Add(Big, new byte[2000]).Add(Big, "z"u8);

        Assert.Equal(3, span.AttributeCount);
        Assert.Equal([1, 0, 2000, 1], Lengths(span.AttributeAt(0)));
        Assert.Equal("/x"u8.ToArray(), span.AttributeAt(1).Text.ToArray());
        Assert.Equal([5], Lengths(span.AttributeAt(2)));
        Assert.True(span.AttributeAt(0).Text.IsEmpty);
    }

    [Fact]
    public void Add_ToAnAttributeOfAnotherType_BeginsAList()
    {
        Span span = New().Set(Big, 7).Add(Big, "a"u8);

        Assert.Equal((1, AttributeType.Texts), (span.AttributeCount, span.AttributeAt(0).Type));
        Assert.Equal([1], Lengths(span.AttributeAt(0)));
        Assert.Equal([], Lengths(span.Set(Big, "text"u8).AttributeAt(0)));
    }

    private static List<int> Lengths(SpanAttribute attribute)
    {
        List<int> lengths = [];
        foreach (ReadOnlySpan<byte> text in attribute.Texts) lengths.Add(text.Length);
        return lengths;
    }

    [Fact]
    public void Reset_AfterUse_LeavesNothingOfTheLastSpan()
    {
        Span span = New().SetName("GET"u8).Fail("500"u8, "boom"u8).Reset(SpanKind.Client, SpanFamilies.None, default);

        Assert.Equal(0, span.AttributeCount);
        Assert.True(span.Name.IsEmpty && span.StatusMessage.IsEmpty);
        Assert.Equal(SpanStatus.Unset, span.Status);
    }

    [Fact]
    public void Remove_Attribute_ClosesTheGap()
    {
        Span span = New().Set(Attributes.UrlPath, "/a"u8).Set(Attributes.HttpResponseStatusCode, 200).Remove(Attributes.UrlPath);

        Assert.Equal(1, span.AttributeCount);
        Assert.Equal(200, span.AttributeAt(0).Integer);
    }

    [Fact]
    public void AttributeAt_BeyondTheLast_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => New().AttributeAt(0));

    [Fact]
    public void TraceId_Text_IsTheBytesInMemoryOrder() =>
        Assert.Equal("0100000000000000ff00000000000000", new TraceId(1, 255).ToString());
}

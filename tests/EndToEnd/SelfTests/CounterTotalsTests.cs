using EndToEnd.Harness;

namespace EndToEnd.SelfTests;

public sealed class CounterTotalsTests
{
    [Fact]
    public void Parse_LineWithLosses_GivesSpansLossesAndReasons()
    {
        CounterTotals? totals = CounterTotals.Parse("spans net-http=120 grpc=3 lost=5 (ring-full=4, map-full=1)");

        Assert.NotNull(totals);
        Assert.Equal((123L, 5L, 4L, 1L), (totals.AllSpans, totals.Lost, totals.Reasons["ring-full"], totals.Reasons["map-full"]));
    }

    [Fact]
    public void Parse_LineWithoutReasons_HasNone() => Assert.Empty(CounterTotals.Parse("spans net-http=120 lost=0")!.Reasons);

    [Fact]
    public void Parse_LineWithWhatIsNotLost_KeepsItApart()
    {
        CounterTotals? totals = CounterTotals.Parse("spans net-http=120 lost=5 (ring-full=5), not lost: half-seen=2, repeated=7");

        Assert.Equal((5L, 7L, 2L), (totals!.Reasons.Values.Sum(), totals.NotLost["repeated"], totals.NotLost["half-seen"]));
    }

    [Fact]
    public void Parse_OtherLine_IsNull() => Assert.Null(CounterTotals.Parse("attached net-http to pid 42"));
}

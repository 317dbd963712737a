namespace Beyla.Ebpf.Tests;

public sealed class MonotonicClockTests
{
    [Fact]
    public void WallOffset_AddedToNow_IsTheWallClock()
    {
        long before = UnixNanoseconds();
        long now = (long)MonotonicClock.Now + MonotonicClock.WallOffset();
        long after = UnixNanoseconds();
        Assert.InRange(now, before - 1_000_000, after + 1_000_000);
    }

    private static long UnixNanoseconds() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}

using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Configuration;

public class SettingTypeTests
{
    [Theory]
    [InlineData("5s", 5000)]
    [InlineData("250ms", 250)]
    [InlineData("1m", 60_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("2h", 7_200_000)]
    [InlineData("500us", 0.5)]
    [InlineData("500µs", 0.5)]
    public void Duration_Text_IsRead(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new DurationType().Parse(text));

    [Fact]
    public void Duration_Any_ReadsBackAsItIsWritten() => Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), microseconds =>
    {
        TimeSpan duration = TimeSpan.FromMicroseconds(microseconds);
        DurationType type = new();
        return type.Parse(type.Format(duration)) == duration;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ByteSize_Any_ReadsBackAsItIsWritten() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), bytes =>
    {
        ByteSizeType type = new();
        return type.Parse(type.Format(bytes)) == bytes;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("2GiB")]
    [InlineData("2048MiB")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public void ByteSize_OutOfRange_IsRefused(string text) => Assert.Throws<FormatException>(() => new ByteSizeType().Parse(text));

    [Theory]
    [InlineData("open_prot", "open_port")]
    [InlineData("OPENPORT", "open_port")]
    [InlineData("servce_name", "service_name")]
    [InlineData("xyz", null)]
    public void NearestName_Find_GivesWhatWasMeant(string name, string? expected) =>
        Assert.Equal(expected, NearestName.Find(name, ["open_port", "service_name", "log_level"]));
}

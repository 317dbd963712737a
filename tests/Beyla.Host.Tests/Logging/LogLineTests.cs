using Beyla.Host.Logging;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Logging;

public class LogLineTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 31, 11, 0, 0, 123, TimeSpan.FromHours(1));

    [Theory]
    [InlineData(LogLevel.Debug, "2026-01-31T10:00:00.123Z DEBUG ready")]
    [InlineData(LogLevel.Information, "2026-01-31T10:00:00.123Z INFO  ready")]
    [InlineData(LogLevel.Warning, "2026-01-31T10:00:00.123Z WARN  ready")]
    [InlineData(LogLevel.Error, "2026-01-31T10:00:00.123Z ERROR ready")]
    public void Format_EachLevel_IsUtcAndAligned(LogLevel level, string expected) =>
        Assert.Equal(expected, new LogLine(Time, level, "ready", null).Format(colour: false));

    [Fact]
    public void Format_Colour_IsOnTheLevelOnly() =>
        Assert.Equal("2026-01-31T10:00:00.123Z \e[33mWARN \e[0m ready", new LogLine(Time, LogLevel.Warning, "ready", null).Format(colour: true));

    [Fact]
    public void Format_ControlCharacters_StayOnOneLineAndOutOfTheTerminal() =>
        Assert.Equal(
            "2026-01-31T10:00:00.123Z INFO  a\\nb\\x1b[2J: c\\x0d",
            new LogLine(Time, LogLevel.Information, "a\nb\e[2J", new InvalidOperationException("c\r")).Format(colour: false));

    [Fact]
    public void LineLogger_BelowTheLevel_IsSilent()
    {
        StringWriter output = new() { NewLine = "\n" };
        using ILoggerFactory factory = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Warning).AddProvider(new LineLoggerProvider(output, TimeProvider.System, colour: false)));
        ILogger log = factory.CreateLogger("test");
        log.LogInformation("quiet");
        log.LogWarning("loud {Number}", 1);
        Assert.EndsWith("Z WARN  loud 1\n", Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)) + "\n", StringComparison.Ordinal);
    }
}

using System.Globalization;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>A time span above zero, written as Go writes it: <c>5s</c>, <c>250ms</c>, <c>1m30s</c>.</summary>
internal sealed class DurationType : SettingType<TimeSpan>
{
    private const string Examples = "like 5s, 250ms or 1m";

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("µs", TimeSpan.TicksPerMicrosecond),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
    ];

    public override string Name => "duration";

    public override IReadOnlyList<string> Shapes => [JsonShape.Pattern("([0-9.]+(ms|us|µs|h|m|s))+")];

    public override TimeSpan Parse(string text)
    {
        double ticks = 0;
        for (ReadOnlySpan<char> rest = text; rest.Length > 0;)
        {
            int digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.')) digits++;
            if (digits == rest.Length) throw new FormatException($"'{text}' has no unit; write a duration {Examples}");
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) throw Malformed(text);
            rest = rest[digits..];
            (int length, double unit) = Unit(rest);
            if (length == 0) throw Malformed(text);
            ticks += number * unit;
            rest = rest[length..];
        }
        if (ticks > TimeSpan.FromDays(1).Ticks) throw new FormatException($"'{text}' is longer than a day");
        return ticks >= 1 ? TimeSpan.FromTicks((long)ticks) : throw new FormatException($"'{text}' is not above zero; write a duration {Examples}");
    }

    public override string Format(TimeSpan value)
    {
        foreach ((string unit, double ticks) in Units.OrderByDescending(u => u.Ticks))
            if (value.Ticks % ticks == 0) return string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / ticks}{unit}");
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)value.Ticks / TimeSpan.TicksPerMicrosecond}us");
    }

    public override string FromToml(TomlValue value) => value is TomlString text
        ? text.Value
        : throw Mistyped(value, $"a duration in quotes {Examples}");

    private static (int Length, double Ticks) Unit(ReadOnlySpan<char> text)
    {
        foreach ((string unit, double ticks) in Units)
            if (text.StartsWith(unit, StringComparison.Ordinal)) return (unit.Length, ticks);
        return default;
    }

    private static FormatException Malformed(string text) => new($"'{text}' is not a duration {Examples}");
}

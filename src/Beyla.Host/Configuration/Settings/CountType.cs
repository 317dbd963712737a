using System.Globalization;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>A whole number above zero.</summary>
internal sealed class CountType : SettingType<int>
{
    public override string Name => "number";

    public override IReadOnlyList<string> Shapes => [JsonShape.AtLeast(1)];

    public override int Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new FormatException($"'{text}' is not a whole number from 1 to {int.MaxValue}");

    public override string Format(int value) => value.ToString(CultureInfo.InvariantCulture);

    public override string FromToml(TomlValue value) =>
        value is TomlInteger number ? number.Value.ToString(CultureInfo.InvariantCulture) : throw Mistyped(value, "a number (without quotes)");
}

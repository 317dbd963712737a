using System.Globalization;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>A whole number of 64 bits.</summary>
internal sealed class IntegerType : SettingType<long>
{
    public override string Name => "integer";

    public override IReadOnlyList<string> Shapes => [JsonShape.Integer];

    public override long Parse(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"'{text}' is not a whole number");

    public override string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    public override string FromToml(TomlValue value) => value is TomlInteger number ? Format(number.Value) : throw Mistyped(value, "an integer");
}

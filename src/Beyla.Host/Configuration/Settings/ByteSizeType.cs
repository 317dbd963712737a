using System.Globalization;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>A number of bytes: <c>65536</c>, <c>512KiB</c>, <c>8MiB</c>.</summary>
internal sealed class ByteSizeType : SettingType<int>
{
    public override string Name => "bytes";

    public override IReadOnlyList<string> Shapes => [JsonShape.AtLeast(0), JsonShape.Pattern("[0-9]+ *([KkMm][Ii][Bb])?")];

    public override int Parse(string text)
    {
        int shift = text.EndsWith("KiB", StringComparison.OrdinalIgnoreCase) ? 10 : text.EndsWith("MiB", StringComparison.OrdinalIgnoreCase) ? 20 : 0;
        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(0, text.Length - 3).TrimEnd();
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= int.MaxValue >> shift
            ? (int)(number << shift)
            : throw new FormatException($"'{text}' is not a number of bytes (below 2 GiB) like 65536, 512KiB or 8MiB");
    }

    public override string Format(int value) => value switch
    {
        > 0 when value % (1 << 20) == 0 => string.Create(CultureInfo.InvariantCulture, $"{value >> 20}MiB"),
        > 0 when value % (1 << 10) == 0 => string.Create(CultureInfo.InvariantCulture, $"{value >> 10}KiB"),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    public override string FromToml(TomlValue value) => value switch
    {
        TomlInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        TomlString text => text.Value,
        _ => throw Mistyped(value, "a number of bytes or a string like \"8MiB\""),
    };
}

using System.Globalization;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>Upper boundaries of a histogram's buckets: numbers that ascend; in TOML an array of them.</summary>
internal sealed class BoundariesType : SettingType<IReadOnlyList<double>>
{
    private const int Most = 200;

    public override string Name => "boundaries";

    public override IReadOnlyList<double> Parse(string text)
    {
        double[] numbers = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Number)];
        if (numbers.Length is 0 or > Most) throw new FormatException($"'{text}' holds {numbers.Length} numbers, not 1 to {Most}");
        for (int i = 1; i < numbers.Length; i++)
            if (numbers[i] <= numbers[i - 1]) throw new FormatException($"{Text(numbers[i])} does not lie above {Text(numbers[i - 1])}; boundaries ascend");
        return numbers;
    }

    public override string Format(IReadOnlyList<double> value) => string.Join(',', value.Select(Text));

    public override string FromToml(TomlValue value) => value switch
    {
        TomlString text => text.Value,
        TomlArray { OfTables: false } array => string.Join(',', array.Items.Select(Item)),
        _ => throw Mistyped(value, "an array of numbers"),
    };

    private static string Item(TomlValue item) => item switch
    {
        TomlInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        TomlFloat number => Text(number.Value),
        _ => throw Mistyped(item, "a number"),
    };

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw new FormatException($"'{text}' is not a number");

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}

using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>A list of texts: separated by commas, in TOML an array of strings, whose items may hold commas.</summary>
internal sealed class TextsType : SettingType<IReadOnlyList<string>>
{
    public override string Name => "list";

    public override IReadOnlyList<string> Shapes => [JsonShape.Texts];

    public override IReadOnlyList<string> Parse(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public override string Format(IReadOnlyList<string> value) => string.Join(',', value);

    public override string FromToml(TomlValue value) => Format(Read(value));

    public override IReadOnlyList<string> Read(TomlValue value) => value is TomlArray { OfTables: false } array
        ? [.. array.Items.Select(item => item is TomlString text ? text.Value : throw Mistyped(item, "a string"))]
        : throw Mistyped(value, "an array of strings");
}

using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>Folders, separated by colons; in TOML also an array of strings.</summary>
internal sealed class FoldersType : SettingType<IReadOnlyList<string>>
{
    public override string Name => "folders";

    public override IReadOnlyList<string> Shapes => [JsonShape.Text, JsonShape.Texts];

    public override IReadOnlyList<string> Parse(string text) => text.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public override string Format(IReadOnlyList<string> value) => string.Join(':', value);

    public override string FromToml(TomlValue value) => value is TomlArray { OfTables: false } array
        ? string.Join(':', array.Items.Select(item => item is TomlString text ? text.Value : throw Mistyped(item, "a folder (a string)")))
        : value is TomlString one ? one.Value : throw Mistyped(value, "a string or an array of strings");
}

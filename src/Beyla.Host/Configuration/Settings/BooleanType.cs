using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class BooleanType : SettingType<bool>
{
    public override string Name => "boolean";

    public override IReadOnlyList<string> Shapes => [JsonShape.Boolean];

    public override bool Parse(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" => true,
        "FALSE" or "0" => false,
        _ => throw new FormatException($"'{text}' is neither true nor false"),
    };

    public override string Format(bool value) => value ? "true" : "false";

    public override string FromToml(TomlValue value) =>
        value is TomlBoolean boolean ? Format(boolean.Value) : throw Mistyped(value, "true or false (without quotes)");
}

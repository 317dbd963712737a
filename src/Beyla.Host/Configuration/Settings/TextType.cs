namespace Beyla.Host.Configuration.Settings;

/// <summary>Any text.</summary>
internal sealed class TextType : SettingType<string?>
{
    public override string Name => "text";

    public override IReadOnlyList<string> Shapes => [JsonShape.Text];

    public override string Parse(string text) => text;

    public override string Format(string? value) => value ?? "";
}

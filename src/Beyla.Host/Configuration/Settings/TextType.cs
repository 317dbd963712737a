namespace Beyla.Host.Configuration.Settings;

/// <summary>Any text.</summary>
internal sealed class TextType : SettingType<string?>
{
    public override string Name => "text";

    public override string Parse(string text) => text;

    public override string Format(string? value) => value ?? "";
}

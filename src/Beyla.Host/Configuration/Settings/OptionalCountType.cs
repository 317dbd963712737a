using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>A whole number above zero, or nothing.</summary>
internal sealed class OptionalCountType : SettingType<int?>
{
    private readonly CountType _count = new();

    public override string Name => _count.Name;

    public override int? Parse(string text) => _count.Parse(text);

    public override string Format(int? value) => value is { } count ? _count.Format(count) : "";

    public override string FromToml(TomlValue value) => _count.FromToml(value);
}

using System.Globalization;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>A TCP port that we serve on; 0: none.</summary>
internal sealed class PortType : SettingType<int>
{
    public override string Name => "port";

    public override int Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
            ? port
            : throw new FormatException($"'{text}' is not a port (1-65535) or 0 for none");

    public override string Format(int value) => value.ToString(CultureInfo.InvariantCulture);

    public override string FromToml(TomlValue value) =>
        value is TomlInteger number ? number.Value.ToString(CultureInfo.InvariantCulture) : throw Mistyped(value, "a port (without quotes)");
}

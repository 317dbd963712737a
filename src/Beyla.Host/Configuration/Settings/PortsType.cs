using System.Globalization;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>Ports and ranges: <c>80,8080-8089</c>; in TOML also an integer or an array of both.</summary>
internal sealed class PortsType : SettingType<PortSet>
{
    private const string Expected = "a port, a string like \"80,8080-8089\" or an array of these";

    private const string Port = """{ "type": "integer", "minimum": 1, "maximum": 65535 }""";

    private static readonly string Ports = JsonShape.Pattern("[0-9, -]*[0-9][0-9, -]*");

    public override string Name => "ports";

    public override IReadOnlyList<string> Shapes => [Port, Ports, JsonShape.Array($$"""{ "anyOf": [{{Port}}, {{Ports}}] }""")];

    public override PortSet Parse(string text)
    {
        PortSet ports = PortSet.Parse(text);
        return ports.IsEmpty ? throw new FormatException($"'{text}' names no port; write ports and ranges like 80,8080-8089") : ports;
    }

    public override string Format(PortSet value) => value.ToString();

    public override string FromToml(TomlValue value) => value is TomlArray { OfTables: false } array
        ? string.Join(',', array.Items.Select(Part))
        : Part(value);

    private static string Part(TomlValue value) => value switch
    {
        TomlInteger port => port.Value.ToString(CultureInfo.InvariantCulture),
        TomlString text => text.Value,
        _ => throw Mistyped(value, Expected),
    };
}

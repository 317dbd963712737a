using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>
/// Names with values, <c>a=1,b=2</c>, percent-encoded like W3C baggage (OTEL_EXPORTER_OTLP_HEADERS, OTEL_RESOURCE_ATTRIBUTES); in TOML also a
/// table of strings. Messages show no value: it may be a secret.
/// </summary>
internal sealed class PairsType : SettingType<IReadOnlyList<KeyValuePair<string, string>>>
{
    public override string Name => "pairs";

    public override IReadOnlyList<string> Shapes => [JsonShape.Text, """{ "type": "object", "additionalProperties": { "type": "string" } }"""];

    public override IReadOnlyList<KeyValuePair<string, string>> Parse(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Pair)];

    public override string Format(IReadOnlyList<KeyValuePair<string, string>> value) =>
        string.Join(',', value.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));

    public override string FromToml(TomlValue value) => value switch
    {
        TomlString text => text.Value,
        TomlTable table => Format([.. table.Entries.Select(e => new KeyValuePair<string, string>(e.Key, Text(e.Key, e.Value.Value)))]),
        _ => throw Mistyped(value, "a table of strings or a string like \"name=value,name=value\""),
    };

    private static KeyValuePair<string, string> Pair(string pair, int index)
    {
        int equals = pair.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? "" : Uri.UnescapeDataString(pair[..equals].Trim());
        return name.Length > 0
            ? new(name, Uri.UnescapeDataString(pair[(equals + 1)..].Trim()))
            : throw new FormatException($"part {index + 1} is not like name=value; parts are separated by commas");
    }

    private static string Text(string key, TomlValue value) => value is TomlString text ? text.Value : throw Mistyped(value, $"a string for '{key}'");
}

using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>Names of propagators, separated by commas (OTEL_PROPAGATORS); in TOML also an array of strings.</summary>
internal sealed class PropagatorsType : SettingType<IReadOnlyList<string>>
{
    /// <summary>Those of the OpenTelemetry specification; the ones that Beyla does not read must not stop it, other programs may have them.</summary>
    private static readonly string[] Known = ["tracecontext", "baggage", "b3", "b3multi", "jaeger", "xray", "ottrace", "none"];

    public override string Name => "propagators";

    public override IReadOnlyList<string> Shapes => [JsonShape.Text, JsonShape.Texts];

    public override IReadOnlyList<string> Parse(string text)
    {
        string[] names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.FirstOrDefault(n => !Known.Contains(n)) is { } unknown
            ? throw new FormatException($"'{unknown}' is none of {string.Join(", ", Known)}")
            : names;
    }

    public override string Format(IReadOnlyList<string> value) => string.Join(',', value);

    public override string FromToml(TomlValue value) => value is TomlArray { OfTables: false } array
        ? string.Join(',', array.Items.Select(item => item is TomlString text ? text.Value : throw Mistyped(item, "a propagator (a string)")))
        : value is TomlString one ? one.Value : throw Mistyped(value, "a string or an array of strings");
}

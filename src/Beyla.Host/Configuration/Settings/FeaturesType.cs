using Beyla.Host.Configuration.Toml;
using Beyla.Host.Metrics;

namespace Beyla.Host.Configuration.Settings;

/// <summary>Groups of metrics: words separated by commas, in TOML also an array of strings.</summary>
internal sealed class FeaturesType : SettingType<MetricFeatures>
{
    private const string NoNetwork = "this version measures no network flows";

    private static readonly (string Word, MetricFeatures Value)[] Words =
    [
        ("application", MetricFeatures.Application), ("application_span", MetricFeatures.Span), ("application_span_otel", MetricFeatures.SpanOtel),
        ("application_span_sizes", MetricFeatures.SpanSizes), ("application_service_graph", MetricFeatures.ServiceGraph),
        ("application_process", MetricFeatures.Process), ("application_runtime", MetricFeatures.Runtime),
    ];

    /// <summary>Words of the original that this version does not have.</summary>
    private static readonly (string Word, string Reason)[] Refused =
    [
        ("network", NoNetwork), ("network_inter_zone", NoNetwork), ("network_flow_packets", NoNetwork), ("stats", NoNetwork),
        ("application_host", "it counts hosts for an invoice"), ("ebpf", "beyla_* metrics are always on"),
    ];

    public override string Name => "list";

    public override MetricFeatures Parse(string text)
    {
        MetricFeatures all = MetricFeatures.None;
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) all |= One(word);
        return all;
    }

    public override string Format(MetricFeatures value) => string.Join(',', Words.Where(w => value.HasFlag(w.Value)).Select(w => w.Word));

    public override string FromToml(TomlValue value) => value is TomlString text ? text.Value : new TextsType().FromToml(value);

    private static MetricFeatures One(string word)
    {
        if (word.Equals("process", StringComparison.OrdinalIgnoreCase)) return MetricFeatures.Process; // short for application_process
        foreach ((string known, MetricFeatures value) in Words)
            if (known.Equals(word, StringComparison.OrdinalIgnoreCase)) return value;
        foreach ((string known, string reason) in Refused)
            if (known.Equals(word, StringComparison.OrdinalIgnoreCase)) throw new FormatException($"'{word}' cannot be switched on: {reason}");
        string[] words = [.. Words.Select(w => w.Word)];
        string meant = NearestName.Find(word, words) is { } near ? $"; did you mean '{near}'?" : "";
        throw new FormatException($"'{word}' is none of {string.Join(", ", words)}{meant}");
    }
}

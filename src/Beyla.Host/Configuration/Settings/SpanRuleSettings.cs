namespace Beyla.Host.Configuration.Settings;

/// <summary>The settings of what is reported of spans: filters, attributes of metrics, redaction, limits.</summary>
internal static class SpanRuleSettings
{
    private static readonly FilterOptions FilterDefaults = new();
    private static readonly RedactionOptions RedactionDefaults = new();

    public static readonly Setting<IReadOnlyList<AttributeRule>> FilterApplication = new(new AttributeRulesType(), FilterDefaults.Application)
    {
        Live = true,
        Key = "filter.application",
        Environment = ["BEYLA_FILTER_APPLICATION"],
        Description = "Tables like url_path = { match = \"/api/*\" } or { not_match = \"…\" }: spans are reported only when all of these attributes do.",
    };

    public static readonly Setting<SignalChoice> FilterMode = new(RoutesSettings.SignalChoiceType(), FilterDefaults.Mode)
    {
        Live = true,
        Key = "filter.mode",
        Environment = ["BEYLA_FILTER_MODE"],
        Description = "What spans that do not pass the filter are left out of.",
    };

    public static readonly Setting<IReadOnlyList<MetricSelection>> AttributesSelect = new(new MetricSelectionsType(), [])
    {
        Live = true,
        Key = "attributes.select",
        Environment = ["BEYLA_ATTRIBUTES_SELECT"],
        Description = "Tables like \"http.server.*\" = { include = [\"url.path\"], exclude = [\"http.route\"] }: the attributes of the metrics with such a name.",
    };

    public static readonly Setting<QueryHandling> Query = new(
        new ChoiceType<QueryHandling>(("drop", QueryHandling.Drop), ("redact", QueryHandling.Redact), ("keep", QueryHandling.Keep)), RedactionDefaults.Query)
    {
        Live = true,
        Key = "http.query",
        Environment = ["BEYLA_HTTP_QUERY"],
        Description = "Whether queries of URLs are reported: not at all, without values of sensitive parameters, or as they are.",
    };

    public static readonly Setting<IReadOnlyList<string>> SensitiveQueryParameters = new(new TextsType(), RedactionDefaults.SensitiveQueryParameters)
    {
        Live = true,
        Key = "http.sensitive_query_parameters",
        Environment = ["BEYLA_HTTP_SENSITIVE_QUERY_PARAMETERS"],
        Description = "Parameters whose values http.query = \"redact\" replaces by REDACTED.",
    };

    public static readonly Setting<int?> AttributeValueLengthLimit = new(new OptionalCountType(), null)
    {
        Live = true,
        Key = "otel_traces_export.attribute_value_length_limit",
        Environment = ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"],
        Description = "Most characters of a text attribute of an exported span; else no limit.",
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
        [FilterApplication, FilterMode, AttributesSelect, Query, SensitiveQueryParameters, AttributeValueLengthLimit];
}

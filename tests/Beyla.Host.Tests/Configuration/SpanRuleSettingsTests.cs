using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Configuration;

public sealed class SpanRuleSettingsTests
{
    [Fact]
    public void Load_AllTables_AreBoundToTheOptions()
    {
        BeylaOptions options = new ConfigurationSources
        {
            Toml = """
                [routes]
                patterns = ["/user/:id", "/static/*"]
                ignore_patterns = ["/metrics"]
                ignore_mode = "traces"
                unmatched = "low-cardinality"
                wildcard_char = "#"
                max_path_segment_cardinality = 5

                [traces.sampler]
                name = "parentbased_traceidratio"
                arg = 0.25

                [[discovery.services]]
                open_ports = 1
                [discovery.services.routes]
                incoming = ["/a/{b}"]
                outgoing = ["/c"]
                [discovery.services.sampler]
                name = "traceidratio"
                arg = "0.5"

                [[discovery.services]]
                open_ports = 2

                [filter]
                mode = "metrics"
                [filter.application]
                url_path = { match = "/api/*" }
                http.request.method = { not_match = "{OPTIONS,HEAD}" }

                [attributes.select."http.server.*"]
                include = ["*"]
                exclude = ["client.address", "url.*"]
                [attributes.select]
                db.client.operation.duration = { include = ["db.system.name"] }

                [http]
                query = "redact"
                sensitive_query_parameters = ["pin"]

                [otel_traces_export]
                attribute_value_length_limit = 100
                """,
        }.Options();

        Assert.Equal(["/user/:id", "/static/*"], options.Routes.Patterns);
        Assert.Equal(["/metrics"], options.Routes.IgnoredPatterns);
        Assert.Equal((SignalChoice.Traces, UnmatchedRoute.LowCardinality, "#", 5), (options.Routes.IgnoreMode, options.Routes.Unmatched, options.Routes.Wildcard, options.Routes.MaxPathSegmentCardinality));
        Assert.Equal(new SamplerOptions { Name = SamplerName.ParentBasedTraceIdRatio, Argument = 0.25 }, options.Traces.Sampler);
        Assert.Equal(("/a/{b}", "/c"), (options.Discovery.Services[0].Routes.Incoming.Single(), options.Discovery.Services[0].Routes.Outgoing.Single()));
        Assert.Equal(new SamplerOptions { Name = SamplerName.TraceIdRatio, Argument = 0.5 }, options.Discovery.Services[0].Sampler);
        Assert.Null(options.Discovery.Services[1].Sampler);
        Assert.Equal(SignalChoice.Metrics, options.Filter.Mode);
        Assert.Equal([new AttributeRule("url_path", "/api/*", false), new AttributeRule("http.request.method", "{OPTIONS,HEAD}", true)], options.Filter.Application);
        Assert.Equal(["http.server.*: * - client.address url.*", "db.client.operation.duration: db.system.name - "],
            options.AttributesSelect.Select(s => $"{s.Metric}: {string.Join(' ', s.Include)} - {string.Join(' ', s.Exclude)}"));
        Assert.Equal((QueryHandling.Redact, "pin"), (options.Redaction.Query, options.Redaction.SensitiveQueryParameters.Single()));
        Assert.Equal(100, options.TracesExport.AttributeValueLengthLimit);
    }

    [Fact]
    public void Load_Variables_AreThoseOfOpenTelemetryAndOurs()
    {
        BeylaOptions options = new ConfigurationSources
        {
            Toml = "[traces.sampler]\nname = 'always_off'\n",
            Environment =
            {
                ["OTEL_TRACES_SAMPLER"] = "traceidratio", ["OTEL_TRACES_SAMPLER_ARG"] = "1e-3", ["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"] = "9",
                ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"] = "7", ["BEYLA_ROUTES_PATTERNS"] = "/a, /b", ["BEYLA_ROUTES_UNMATCHED"] = "unset",
            },
        }.Options();
        Assert.Equal(new SamplerOptions { Name = SamplerName.TraceIdRatio, Argument = 0.001 }, options.Traces.Sampler);
        Assert.Equal((7, UnmatchedRoute.Unset), (options.TracesExport.AttributeValueLengthLimit, options.Routes.Unmatched));
        Assert.Equal(["/a", "/b"], options.Routes.Patterns);
    }

    [Theory]
    [InlineData("traces.sampler.arg = 1.5", "beyla.toml:1:22: arg: '1.5' is not a number from 0 to 1")]
    [InlineData("traces.sampler.arg = true", "beyla.toml:1:22: arg: a boolean stands where a number from 0 to 1 is expected")]
    [InlineData("traces.sampler.name = 'always'", "beyla.toml:1:23: name: 'always' is none of always_on, always_off, traceidratio, parentbased_always_on, "
        + "parentbased_always_off, parentbased_traceidratio")]
    [InlineData("routes.patterns = ['user']",
        "beyla.toml:1:19: patterns: 'user' does not begin with a slash: a pattern is a path like /user/:id, /user/{id} or /static/*")]
    [InlineData("routes.wildcard_char = '**'", "beyla.toml:1:24: wildcard_char: '**' is not one character other than a slash")]
    [InlineData("filter.application.url_path = '/x'", "beyla.toml:1:8: application: a string stands for 'url_path' where a table with match or not_match is expected")]
    [InlineData("filter.application.url_path.macht = '/x'", "beyla.toml:1:8: application: 'url_path' has an unknown key 'macht'; known keys: match, not_match")]
    [InlineData("filter.application.url_path = { match = 'a', not_match = 'b' }", "beyla.toml:1:8: application: 'url_path' needs one of match and not_match")]
    [InlineData("filter.application.url_path.match = '[x'", "beyla.toml:1:8: application: '[x' has a '[' without its ']'")]
    [InlineData("attributes.select.x.include = 'y'", "beyla.toml:1:12: select: a string stands where an array of strings is expected")]
    public void Load_Mistake_IsOneSentenceWithItsPlace(string toml, string expected) =>
        Assert.Equal([expected], new ConfigurationSources { Toml = toml }.Mistakes());

    [Fact]
    public void AttributeRules_Any_ReadBackAsTheyAreWritten() => Prop.ForAll(Rules.ToArbitrary(), rules =>
    {
        AttributeRulesType type = new();
        return type.Parse(type.Format(rules)).SequenceEqual(rules);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void MetricSelections_Any_ReadBackAsTheyAreWritten() => Prop.ForAll(Rules.ToArbitrary(), rules =>
    {
        MetricSelectionsType type = new();
        MetricSelection[] selections = [.. rules.Select(r => new MetricSelection(r.Attribute, r.Negated ? [] : [r.Pattern, "b*"], [r.Pattern]))];
        string text = type.Format(selections);
        return type.Format(type.Parse(text)) == text && type.Parse(text).Select(s => s.Exclude.Single()).SequenceEqual(rules.Select(r => r.Pattern));
    }).QuickCheckThrowOnFailure();

    private static Gen<AttributeRule[]> Rules { get; } =
        (from name in Texts from pattern in Texts from negated in Gen.Elements(true, false) select new AttributeRule(name, pattern, negated)).ArrayOf();

    private static Gen<string> Texts => Gen.Elements('a', '.', '*', ';', '=', '!', '%', ',', '+', 'ü').NonEmptyListOf().Select(c => string.Concat(c));
}

namespace Beyla.Host.Configuration;

/// <summary><c>[filter]</c>: which spans are reported at all, by their attributes.</summary>
internal sealed record FilterOptions
{
    /// <summary><c>[filter.application]</c>: a span must pass all of them.</summary>
    public IReadOnlyList<AttributeRule> Application { get; init; } = [];

    /// <summary>What spans that do not pass are left out of.</summary>
    public SignalChoice Mode { get; init; } = SignalChoice.All;
}

/// <summary>A demand on an attribute. An attribute that is not set has an empty value.</summary>
/// <param name="Attribute">Name with dots or underscores.</param>
/// <param name="Pattern">Glob on the value as text.</param>
/// <param name="Negated">The value must not match.</param>
internal sealed record AttributeRule(string Attribute, string Pattern, bool Negated);

/// <summary><c>[attributes.select."METRIC"]</c>: attributes of the metrics whose name matches.</summary>
/// <param name="Metric">Glob on the metric's name, with dots or underscores.</param>
/// <param name="Include">Globs of attributes that are reported; empty: those that are by default.</param>
/// <param name="Exclude">Globs of attributes that are not.</param>
internal sealed record MetricSelection(string Metric, IReadOnlyList<string> Include, IReadOnlyList<string> Exclude);

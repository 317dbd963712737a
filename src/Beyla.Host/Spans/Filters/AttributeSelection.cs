using System.Collections.Immutable;
using System.Reflection;
using Beyla.Host.Configuration;

namespace Beyla.Host.Spans.Filters;

/// <summary>Which attributes each metric has (<c>[attributes.select."METRIC"]</c>).</summary>
internal sealed class AttributeSelection(IReadOnlyList<MetricSelection> selections)
{
    /// <summary>The rules for a metric: those of wildcards before those with its name, the more general first, so that a later one overrides.</summary>
    /// <param name="metric">Name with dots or underscores.</param>
    public MetricAttributes For(string metric)
    {
        string name = AttributeNames.Normalize(metric);
        return new MetricAttributes([.. selections
            .Where(s => new Glob(AttributeNames.Normalize(s.Metric)).IsMatch(name))
            .OrderBy(s => AttributeNames.Normalize(s.Metric) == name)
            .ThenBy(s => s.Metric.Length)]);
    }

    /// <summary>The attributes of a metric: those of its own that the rules leave, and those of the semantic conventions that the rules add.</summary>
    /// <param name="metric">Name with dots.</param>
    /// <param name="own">What it has when nothing is said.</param>
    public ImmutableArray<AttributeKey> Apply(string metric, ImmutableArray<AttributeKey> own)
    {
        MetricAttributes rules = For(metric);
        return rules.IsDefault ? own
            : [.. own.Where(a => rules.Includes(a, byDefault: true)), .. Conventional.Value.Where(a => !own.Any(o => o.Name == a.Name) && rules.Includes(a, byDefault: false))];
    }

    /// <summary>The attributes that <see cref="Attributes"/> names.</summary>
    private static readonly Lazy<AttributeKey[]> Conventional = new(() =>
        [.. typeof(Attributes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<AttributeKey>()]);
}

/// <summary>Which attributes one metric has. One thread; answers are remembered, so that asking allocates nothing in the steady state.</summary>
internal sealed class MetricAttributes
{
    private readonly List<(Glob[] Include, Glob[] Exclude)> _rules;
    private readonly Dictionary<(AttributeKey Key, bool ByDefault), bool> _answers = [];

    public MetricAttributes(IReadOnlyList<MetricSelection> rules) => _rules = [.. rules.Select(r => (Globs(r.Include), Globs(r.Exclude)))];

    /// <summary>Nothing is said about this metric: it has its family's attributes.</summary>
    public bool IsDefault => _rules.Count == 0;

    /// <summary>Whether the metric has an attribute.</summary>
    /// <param name="key">Any attribute of a span or resource.</param>
    /// <param name="byDefault">Whether it has it when nothing is said.</param>
    public bool Includes(AttributeKey key, bool byDefault)
    {
        if (IsDefault) return byDefault;
        if (!_answers.TryGetValue((key, byDefault), out bool answer)) _answers.Add((key, byDefault), answer = Decide(AttributeNames.Normalize(key.Name), byDefault));
        return answer;
    }

    private bool Decide(string name, bool byDefault)
    {
        bool included = byDefault, replaced = false;
        foreach ((Glob[] include, Glob[] exclude) in _rules)
        {
            if (include.Length > 0)
            {
                // The first list stands for the defaults, further ones add to it.
                included = include.Any(g => g.IsMatch(name)) || (replaced && included);
                replaced = true;
            }
            if (exclude.Any(g => g.IsMatch(name))) included = false;
        }
        return included;
    }

    private static Glob[] Globs(IReadOnlyList<string> patterns) => [.. patterns.Select(p => new Glob(AttributeNames.Normalize(p)))];
}

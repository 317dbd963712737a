using System.Collections.Immutable;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Metrics;

/// <summary>The metrics that each span family feeds, put together when its first span comes. Used under the aggregator's gate; <see cref="Known"/> on any thread.</summary>
/// <param name="chosen">What is measured.</param>
internal sealed class FamilyInstruments(MeasurementPlan chosen)
{
    private const string Seconds = "s", Bytes = "By";
    private const double NanosecondsPerSecond = 1e9;

    private readonly Dictionary<SpanFamily, InstrumentGroup[]> _byFamily = new(ReferenceEqualityComparer.Instance);
    private readonly LocalServices _services = new();
    private MeasurementPlan _plan = chosen;
    private InstrumentGroup[]? _ofAllFamilies;
    private SpanFamily? _last;
    private InstrumentGroup[] _lastGroups = [];

    /// <summary>All groups so far; the array is replaced, never changed.</summary>
    public IReadOnlyList<InstrumentGroup> Known { get; private set; } = [];

    /// <summary>Who serves on this machine.</summary>
    public LocalServices Services => _services;

    /// <summary>The groups of a family; none for one without metrics.</summary>
    public InstrumentGroup[] Of(SpanFamily family)
    {
        if (ReferenceEquals(family, _last)) return _lastGroups;
        if (!_byFamily.TryGetValue(family, out InstrumentGroup[]? groups))
        {
            _byFamily.Add(family, groups = Make(family));
            Known = [.. Known.Union(groups)];
        }
        (_last, _lastGroups) = (family, groups);
        return groups;
    }

    /// <summary>Gives the metrics other attributes; a group whose metrics keep theirs stays the same object.</summary>
    public void Apply(AttributeSelection selection)
    {
        _plan = _plan with { AttributesOf = selection.Apply };
        foreach ((SpanFamily family, InstrumentGroup[] before) in _byFamily)
            _byFamily[family] = [.. Make(family).Select(now => before.FirstOrDefault(b => b.IsLike(now)) ?? now)]; // allowed while enumerating
        Known = [.. _byFamily.Values.SelectMany(g => g).Distinct()];
        _last = null;
    }

    /// <summary>The duration of a span, seconds.</summary>
    public static bool Duration(Span span, out double value)
    {
        value = (span.EndTime - span.StartTime) / NanosecondsPerSecond;
        return true;
    }

    private InstrumentGroup[] Make(SpanFamily family)
    {
        List<InstrumentGroup> groups = [];
        MetricNames names = _plan.NamesOf(family.Name);
        if (_plan.Features.HasFlag(MetricFeatures.Application))
        {
            bool older = names.HasFlag(MetricNames.BeylaV1) && BeylaV1Instruments.Has(family);
            if (names.HasFlag(MetricNames.Current) || !older) groups.AddRange(Current(family));
            if (older) groups.AddRange(BeylaV1Instruments.Groups(family, _plan));
        }
        groups.AddRange(_ofAllFamilies ??= [.. OfAllFamilies()]);
        return [.. groups];
    }

    private IEnumerable<InstrumentGroup> OfAllFamilies() =>
    [
        .. SpanMetricInstruments.Groups(_plan.Features, _plan.DurationBoundaries),
        .. _plan.Features.HasFlag(MetricFeatures.ServiceGraph) ? new ServiceGraphInstruments(_services).Groups(_plan.DurationBoundaries) : [],
    ];

    /// <summary>The metrics of the family, those with the same attributes together.</summary>
    private IEnumerable<InstrumentGroup> Current(SpanFamily family)
    {
        List<(ImmutableArray<AttributeKey> Attributes, SpanInstrument Instrument)> all = [];
        if (family.Duration is { } d)
            all.Add((_plan.AttributesOf(d.Name, d.Attributes), OfDuration(d)));
        foreach (ValueMetric value in family.Values) all.Add((_plan.AttributesOf(value.Name, value.Attributes), OfValue(value)));
        return all
            .GroupBy(m => string.Join('\n', m.Attributes.Select(a => a.Name)), StringComparer.Ordinal)
            .Select(g => new InstrumentGroup(
                [.. g.First().Attributes.Select(a => new SpanAttributeValue(a))], [.. g.Select(m => m.Instrument)]));
    }

    private SpanInstrument OfDuration(DurationMetric metric) => new(
        new MetricDefinition(metric.Name, metric.Description, Seconds, MetricKind.Histogram, Or(_plan.DurationBoundaries, metric.Boundaries)),
        static (Span span, in Spans.SpanContext _, out double value) => Duration(span, out value));

    private SpanInstrument OfValue(ValueMetric metric)
    {
        AttributeKey source = metric.Value;
        return new(
            new MetricDefinition(
                metric.Name, metric.Description, metric.Unit, MetricKind.Histogram, metric.Unit == Bytes ? Or(_plan.SizeBoundaries, metric.Boundaries) : metric.Boundaries),
            (Span span, in Spans.SpanContext _, out double value) => Number(span, source, out value));
    }

    /// <summary>The value of a numeric attribute.</summary>
    public static bool Number(Span span, AttributeKey key, out double value)
    {
        value = 0;
        if (!span.TryGet(key, out SpanAttribute attribute)) return false;
        switch (attribute.Type)
        {
            case AttributeType.Integer: value = attribute.Integer; return true;
            case AttributeType.Double: value = attribute.Double; return true;
            default: return false;
        }
    }

    /// <summary>The user's boundaries, else the metric's own.</summary>
    public static ImmutableArray<double> Or(ImmutableArray<double> chosen, ImmutableArray<double> own) => chosen.IsEmpty ? own : chosen;
}

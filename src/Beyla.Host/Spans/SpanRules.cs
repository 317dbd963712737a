using System.Runtime.CompilerServices;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Beyla.Host.Spans.Filters;
using Beyla.Host.Spans.Redaction;
using Beyla.Host.Spans.Routes;
using Beyla.Host.Spans.Sampling;

namespace Beyla.Host.Spans;

/// <summary>
/// What the configuration says about spans, made ready for the pipeline. A changed configuration gives a new set, which takes over between two spans.
/// Used by the pump's thread only.
/// </summary>
internal sealed class SpanRules
{
    private readonly BeylaOptions _options;
    private readonly TraceSampler _sampler;
    private readonly Dictionary<ServiceCriteria, (RoutePatterns Incoming, RoutePatterns Outgoing, TraceSampler Sampler)> _services;
    private readonly Dictionary<ServiceIdentity, RouteTrie?> _learners;
    private readonly Dictionary<ServiceIdentity, ServiceRules> _byService = [];
    private readonly ConditionalWeakTable<TracedProcess, ServiceRules> _byProcess = [];
    private readonly ConditionalWeakTable<TracedProcess, ServiceRules>.CreateValueCallback _make;
    private TracedProcess? _lastProcess;
    private ServiceRules? _last;

    private static readonly RoutePatterns NoPatterns = new([]);

    /// <param name="options">The configuration.</param>
    /// <param name="previous">What was in force; what it has learned stays when the setting of that is the same.</param>
    public SpanRules(BeylaOptions options, SpanRules? previous = null)
    {
        _options = options;
        _sampler = new TraceSampler(options.Traces.Sampler);
        _services = options.Discovery.Services.ToDictionary(s => s, s =>
            (new RoutePatterns(s.Routes.Incoming), new RoutePatterns(s.Routes.Outgoing), s.Sampler is { } own ? new TraceSampler(own) : _sampler));
        _learners = previous is not null && LearnsAlike(previous._options.Routes, options.Routes) ? previous._learners : [];
        _make = Make;
        Routes = new SpanRoutes(options.Routes);
        Redaction = new UrlRedaction(options.Redaction);
        Filter = options.Filter.Application.Count > 0 ? new AttributeFilter(options.Filter.Application) : null;
        Filtered = options.Filter.Mode.Signals();
        ValueLength = options.TracesExport.AttributeValueLengthLimit is { } limit ? new ValueLengthLimit(limit) : null;
    }

    /// <summary>Routes of HTTP spans.</summary>
    public SpanRoutes Routes { get; }

    /// <summary>Secrets in URLs.</summary>
    public UrlRedaction Redaction { get; }

    /// <summary>Which spans pass; null: all.</summary>
    public AttributeFilter? Filter { get; }

    /// <summary>What spans that do not pass are left out of.</summary>
    public Signals Filtered { get; }

    /// <summary>Limit on texts of exported spans; null: none.</summary>
    public ValueLengthLimit? ValueLength { get; }

    /// <summary>The rules for the spans of a process.</summary>
    public ServiceRules Of(TracedProcess process)
    {
        // Spans of one process come in a row.
        if (ReferenceEquals(process, _lastProcess)) return _last!;
        _lastProcess = process;
        return _last = _byProcess.GetValue(process, _make);
    }

    private ServiceRules Make(TracedProcess process)
    {
        if (!_learners.TryGetValue(process.Service, out RouteTrie? learner)) _learners.Add(process.Service, learner = Routes.Learner());
        ServiceCriteria? criteria = CriteriaMatcher.Find(_options, process.Info);
        // A worker that listens nowhere goes by the rules of its service.
        if (criteria is null && _byService.TryGetValue(process.Service, out ServiceRules? rules)) return rules;
        rules = criteria is not null && _services.TryGetValue(criteria, out var own)
            ? new ServiceRules(new ServiceRoutes(own.Incoming, own.Outgoing, learner), own.Sampler)
            : new ServiceRules(new ServiceRoutes(NoPatterns, NoPatterns, learner), _sampler);
        return criteria is null ? rules : _byService[process.Service] = rules;
    }

    private static bool LearnsAlike(RoutesOptions one, RoutesOptions other) =>
        (one.Unmatched, one.Wildcard, one.MaxPathSegmentCardinality) == (other.Unmatched, other.Wildcard, other.MaxPathSegmentCardinality);
}

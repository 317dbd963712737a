namespace Beyla.Host.Configuration;

/// <summary><c>[routes]</c>: low-cardinality names for the paths of HTTP requests.</summary>
internal sealed record RoutesOptions
{
    /// <summary>Path templates that become <c>http.route</c> (server) or <c>url.template</c> (client).</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary>Requests whose path matches one of these are left out of what <see cref="IgnoreMode"/> says.</summary>
    public IReadOnlyList<string> IgnoredPatterns { get; init; } = [];

    /// <summary>What ignored requests are left out of.</summary>
    public SignalChoice IgnoreMode { get; init; } = SignalChoice.All;

    /// <summary>The route of served requests that no pattern matches.</summary>
    public UnmatchedRoute Unmatched { get; init; } = UnmatchedRoute.Heuristic;

    /// <summary>Stands for a segment that names no route.</summary>
    public string Wildcard { get; init; } = "*";

    /// <summary>Most different segments at one place of the paths of a service, with <see cref="UnmatchedRoute.LowCardinality"/>.</summary>
    public int MaxPathSegmentCardinality { get; init; } = 10;
}

/// <summary>Templates for the processes of one service, tried before those of <see cref="RoutesOptions"/>.</summary>
internal sealed record ServiceRoutesOptions
{
    /// <summary>For requests that it serves.</summary>
    public IReadOnlyList<string> Incoming { get; init; } = [];

    /// <summary>For requests that it makes.</summary>
    public IReadOnlyList<string> Outgoing { get; init; } = [];
}

/// <summary>Signals that a rule is about.</summary>
internal enum SignalChoice
{
    All,
    Metrics,
    Traces,
}

/// <summary>What becomes the route when no pattern matches.</summary>
internal enum UnmatchedRoute
{
    /// <summary>The path, with <c>*</c> for segments that look like data.</summary>
    Heuristic,

    /// <summary>As the heuristic, and of many different segments at one place only the frequent ones are kept.</summary>
    LowCardinality,

    /// <summary><c>/**</c>.</summary>
    Wildcard,

    /// <summary>The path as it is.</summary>
    Path,

    /// <summary>None.</summary>
    Unset,
}

using System.Text;
using Beyla.Host.Spans.Routes;

namespace Beyla.Host.Configuration.Settings;

/// <summary>The settings of routes: <c>[routes]</c> and <c>[discovery.services.routes]</c>.</summary>
internal static class RoutesSettings
{
    private static readonly RoutesOptions Defaults = new();

    public static readonly Setting<IReadOnlyList<string>> Patterns = new(new TextsType(), Defaults.Patterns)
    {
        Live = true,
        Key = "routes.patterns",
        Environment = ["BEYLA_ROUTES_PATTERNS"],
        Description = "Paths like /user/:id, /user/{id} or /static/* that become the route of the requests they match.",
        Check = Problem,
    };

    public static readonly Setting<IReadOnlyList<string>> IgnoredPatterns = new(new TextsType(), Defaults.IgnoredPatterns)
    {
        Live = true,
        Key = "routes.ignored_patterns",
        Aliases = ["routes.ignore_patterns"],
        Environment = ["BEYLA_ROUTES_IGNORED_PATTERNS"],
        Description = "Requests whose path matches one of these are not reported.",
        Check = Problem,
    };

    public static readonly Setting<SignalChoice> IgnoreMode = new(SignalChoiceType(), Defaults.IgnoreMode)
    {
        Live = true,
        Key = "routes.ignore_mode",
        Environment = ["BEYLA_ROUTES_IGNORE_MODE"],
        Description = "What ignored requests are left out of.",
    };

    public static readonly Setting<UnmatchedRoute> Unmatched = new(
        new ChoiceType<UnmatchedRoute>(
            ("heuristic", UnmatchedRoute.Heuristic),
            ("low-cardinality", UnmatchedRoute.LowCardinality),
            ("wildcard", UnmatchedRoute.Wildcard),
            ("path", UnmatchedRoute.Path),
            ("unset", UnmatchedRoute.Unset)),
        Defaults.Unmatched)
    {
        Live = true,
        Key = "routes.unmatched",
        Environment = ["BEYLA_ROUTES_UNMATCHED"],
        Description = "The route of served requests that no pattern matches: a guess, a guess with few names, /**, the path itself, or none.",
    };

    public static readonly Setting<string> Wildcard = new(new CharacterType(), Defaults.Wildcard)
    {
        Live = true,
        Key = "routes.wildcard_char",
        Environment = ["BEYLA_ROUTES_WILDCARD_CHAR"],
        Description = "Stands for a part of the path that is no name, in guessed routes.",
    };

    public static readonly Setting<int> MaxPathSegmentCardinality = new(new CountType(), Defaults.MaxPathSegmentCardinality)
    {
        Live = true,
        Key = "routes.max_path_segment_cardinality",
        Environment = ["BEYLA_ROUTES_MAX_PATH_SEGMENT_CARDINALITY"],
        Description = "With low-cardinality: most different names at one place of the paths of a service.",
        // A place is searched name by name.
        Check = count => count <= 1000 ? null : $"{count} is more than 1000",
    };

    public static readonly Setting<IReadOnlyList<string>> ServiceIncoming = new(new TextsType(), [])
    {
        Live = true,
        Key = "discovery.services[].routes.incoming",
        Description = "As routes.patterns, for the requests that this service serves; tried first.",
        Check = Problem,
    };

    public static readonly Setting<IReadOnlyList<string>> ServiceOutgoing = new(new TextsType(), [])
    {
        Live = true,
        Key = "discovery.services[].routes.outgoing",
        Description = "As routes.patterns, for the requests that this service makes; tried first.",
        Check = Problem,
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Patterns, IgnoredPatterns, IgnoreMode, Unmatched, Wildcard, MaxPathSegmentCardinality];

    /// <summary>Of each service.</summary>
    public static IReadOnlyList<Setting> OfServices { get; } = [ServiceIncoming, ServiceOutgoing];

    /// <summary><c>all | metrics | traces</c>.</summary>
    public static ChoiceType<SignalChoice> SignalChoiceType() => new(("all", SignalChoice.All), ("metrics", SignalChoice.Metrics), ("traces", SignalChoice.Traces));

    private static string? Problem(IReadOnlyList<string> patterns) => patterns.Select(RoutePatterns.Problem).FirstOrDefault(p => p is not null);

    /// <summary>One character that may stand in a path.</summary>
    private sealed class CharacterType : SettingType<string>
    {
        public override string Name => "character";

        public override string Parse(string text) => text.EnumerateRunes().Count() == 1 && text != "/" && !Rune.IsControl(text.EnumerateRunes().First())
            ? text
            : throw new FormatException($"'{text}' is not one character other than a slash");

        public override string Format(string value) => value;
    }
}

using System.Text;
using Beyla.Host.Configuration;

namespace Beyla.Host.Spans.Routes;

/// <summary>
/// Gives HTTP spans the route of their path: <c>http.route</c> of served requests, <c>url.template</c> of calls, and the name "method route". What a
/// tracer or the program itself said stays. Allocates nothing in the steady state.
/// </summary>
internal sealed class SpanRoutes
{
    /// <summary>The heuristic takes some data for words; more different segments than this at one place are no names.</summary>
    private const int HeuristicLimit = 100;

    private readonly RoutesOptions _options;
    private readonly RoutePatterns _patterns;
    private readonly RoutePatterns? _ignored;
    private readonly byte[] _wildcard;

    public SpanRoutes(RoutesOptions options)
    {
        _options = options;
        _patterns = new RoutePatterns(options.Patterns);
        _ignored = options.IgnoredPatterns.Count > 0 ? new RoutePatterns(options.IgnoredPatterns) : null;
        _wildcard = Encoding.UTF8.GetBytes(options.Wildcard);
    }

    /// <summary>What learns the routes of a service; null when nothing is to be learned.</summary>
    public RouteTrie? Learner() => _options.Unmatched switch
    {
        UnmatchedRoute.Heuristic => new RouteTrie(HeuristicLimit, _wildcard),
        UnmatchedRoute.LowCardinality => new RouteTrie(_options.MaxPathSegmentCardinality, _wildcard),
        _ => null,
    };

    /// <summary>Sets route and name.</summary>
    /// <param name="span">Any span; those without a path are left alone.</param>
    /// <param name="service">Patterns and learner of its service.</param>
    /// <returns>The signals that the span goes into.</returns>
    public Signals Apply(Span span, ServiceRoutes service)
    {
        if (span.Kind == SpanKind.Server && span.TryGet(Attributes.UrlPath, out SpanAttribute path)) return Served(span, path.Text, service);
        if (span.Kind == SpanKind.Client && span.TryGet(Attributes.UrlFull, out SpanAttribute url)) return Called(span, PathOf(url.Text), service);
        return Signals.All;
    }

    private Signals Served(Span span, ReadOnlySpan<byte> path, ServiceRoutes service)
    {
        if (path.StartsWith("/"u8) && !span.TryGet(Attributes.HttpRoute, out _))
        {
            Span<byte> buffer = stackalloc byte[RouteGuess.MaxLength];
            scoped ReadOnlySpan<byte> route = service.Incoming.Find(path);
            if (route.IsEmpty) route = _patterns.Find(path);
            if (route.IsEmpty) route = Unmatched(path, service.Learner, buffer);
            Name(span, Attributes.HttpRoute, route);
        }
        return Remaining(path);
    }

    /// <summary>Only patterns: whose paths they are, and how many there may be, is not this service's.</summary>
    private Signals Called(Span span, ReadOnlySpan<byte> path, ServiceRoutes service)
    {
        if (!span.TryGet(Attributes.UrlTemplate, out _))
        {
            ReadOnlySpan<byte> route = service.Outgoing.Find(path);
            if (route.IsEmpty) route = _patterns.Find(path);
            Name(span, Attributes.UrlTemplate, route);
        }
        return Remaining(path);
    }

    private Signals Remaining(ReadOnlySpan<byte> path) =>
        _ignored is not null && !_ignored.Find(path).IsEmpty ? Signals.All & ~_options.IgnoreMode.Signals() : Signals.All;

    private ReadOnlySpan<byte> Unmatched(ReadOnlySpan<byte> path, RouteTrie? learner, Span<byte> buffer)
    {
        switch (_options.Unmatched)
        {
            case UnmatchedRoute.Wildcard: return RouteGuess.Rest;
            case UnmatchedRoute.Path: return path;
            case UnmatchedRoute.Unset: return default;
        }
        Span<byte> guess = stackalloc byte[RouteGuess.MaxLength];
        guess = guess[..RouteGuess.Write(path, _wildcard, guess)];
        return buffer[..learner!.Write(guess, buffer)];
    }

    private static void Name(Span span, AttributeKey key, ReadOnlySpan<byte> route)
    {
        if (route.IsEmpty) return;
        span.Set(key, route);
        if (!span.TryGet(Attributes.HttpRequestMethod, out SpanAttribute method)) return;
        span.SetName(method.Text.SequenceEqual("_OTHER"u8) ? "HTTP"u8 : method.Text, route);
    }

    /// <summary>The path of <c>scheme://host/path?query</c>.</summary>
    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> url)
    {
        ReadOnlySpan<byte> rest = url[UrlAuthority.Of(url).End..];
        int end = rest.IndexOfAny("?#"u8);
        ReadOnlySpan<byte> path = end < 0 ? rest : rest[..end];
        return path.IsEmpty ? "/"u8 : path;
    }
}

/// <summary>What is known of the routes of one service.</summary>
/// <param name="Incoming">Its own patterns for served requests.</param>
/// <param name="Outgoing">Its own patterns for calls.</param>
/// <param name="Learner">Its learned routes.</param>
internal sealed record ServiceRoutes(RoutePatterns Incoming, RoutePatterns Outgoing, RouteTrie? Learner);

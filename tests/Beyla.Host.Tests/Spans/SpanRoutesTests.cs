using System.Text;
using Beyla.Host.Configuration;
using Beyla.Host.Spans;
using Beyla.Host.Spans.Routes;

namespace Beyla.Host.Tests.Spans;

public sealed class SpanRoutesTests
{
    private static readonly AttributeKey Route = Attributes.HttpRoute, Template = Attributes.UrlTemplate;

    private static Signals Apply(Span span, RoutesOptions options, ServiceRoutesOptions? service = null)
    {
        SpanRoutes routes = new(options);
        return routes.Apply(span, new ServiceRoutes(new RoutePatterns(service?.Incoming ?? []), new RoutePatterns(service?.Outgoing ?? []), routes.Learner()));
    }

    [Theory]
    [InlineData(nameof(UnmatchedRoute.Heuristic), "/users/*/orders")]
    [InlineData(nameof(UnmatchedRoute.LowCardinality), "/users/*/orders")]
    [InlineData(nameof(UnmatchedRoute.Wildcard), "/**")]
    [InlineData(nameof(UnmatchedRoute.Path), "/users/17/orders")]
    [InlineData(nameof(UnmatchedRoute.Unset), null)]
    public void Apply_PathWithoutPattern_HasTheRouteOfTheMode(string unmatched, string? route)
    {
        Span span = SpanBuilder.Served("/users/17/orders", "POST");
        Apply(span, new RoutesOptions { Unmatched = Enum.Parse<UnmatchedRoute>(unmatched) });
        Assert.Equal((route, route is null ? "POST" : "POST " + route), (span.TextOf(Route), span.NameOf()));
    }

    [Fact]
    public void Apply_PathWithPattern_HasThePatternTheServicesFirst()
    {
        RoutesOptions options = new() { Patterns = ["/users/:id", "/items/:id"] };
        ServiceRoutesOptions service = new() { Incoming = ["/users/{user}"], Outgoing = ["/items/{item}"] };
        Span user = SpanBuilder.Served("/users/17"), item = SpanBuilder.Served("/items/17"), call = SpanBuilder.Called("https://shop:8443/items/17?x=/users/1");
        Apply(user, options, service);
        Apply(item, options, service);
        Apply(call, options, service);

        Assert.Equal(("/users/{user}", "/items/:id", null), (user.TextOf(Route), item.TextOf(Route), call.TextOf(Route)));
        Assert.Equal(("/items/{item}", "GET /items/{item}"), (call.TextOf(Template), call.NameOf()));
    }

    [Fact]
    public void Apply_CallWithoutPattern_KeepsItsName()
    {
        Span span = SpanBuilder.Called("http://shop/users/17");
        Apply(span, new RoutesOptions());
        Assert.Equal((null, null, "GET"), (span.TextOf(Template), span.TextOf(Route), span.NameOf()));
    }

    [Fact]
    public void Apply_RouteOfTheProgram_IsKept()
    {
        Span span = SpanBuilder.Served("/users/17").Set(Route, "/users/{id}"u8).SetName("GET /users/{id}"u8);
        Apply(span, new RoutesOptions { Patterns = ["/users/:other"] });
        Assert.Equal(("/users/{id}", "GET /users/{id}"), (span.TextOf(Route), span.NameOf()));
    }

    [Fact]
    public void Apply_UnknownMethod_IsNotPartOfTheName()
    {
        Span span = SpanBuilder.Served("/users").Set(Attributes.HttpRequestMethod, "_OTHER"u8);
        Apply(span, new RoutesOptions());
        Assert.Equal("HTTP /users", span.NameOf());
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("example.org:443")]
    public void Apply_TargetThatIsNoPath_HasNoRoute(string target)
    {
        Span span = SpanBuilder.Served(target);
        Apply(span, new RoutesOptions { Unmatched = UnmatchedRoute.Path });
        Assert.Null(span.TextOf(Route));
    }

    [Fact]
    public void Apply_SpanWithoutPath_IsLeftAlone()
    {
        Span span = SpanBuilder.Empty().SetName("Health/Check"u8).Set(Attributes.RpcMethod, "Health/Check"u8);
        Assert.Equal(Signals.All, Apply(span, new RoutesOptions { IgnoredPatterns = ["/*"] }));
        Assert.Equal((1, "Health/Check"), (span.AttributeCount, span.NameOf()));
    }

    [Theory]
    [InlineData(nameof(SignalChoice.All), nameof(Signals.None))]
    [InlineData(nameof(SignalChoice.Metrics), nameof(Signals.Traces))]
    [InlineData(nameof(SignalChoice.Traces), nameof(Signals.Metrics))]
    public void Apply_IgnoredPath_IsLeftOutOfWhatTheModeSays(string mode, string remaining)
    {
        RoutesOptions options = new() { IgnoredPatterns = ["/metrics", "/internal/*"], IgnoreMode = Enum.Parse<SignalChoice>(mode) };
        Signals left = Enum.Parse<Signals>(remaining);
        Assert.Equal(left, Apply(SpanBuilder.Served("/metrics"), options));
        Assert.Equal(left, Apply(SpanBuilder.Served("/internal/a/b").Set(Route, "/internal/{x}/{y}"u8), options)); // by path, not by route
        Assert.Equal(left, Apply(SpanBuilder.Called("http://h/metrics?a"), options));
        Assert.Equal(Signals.All, Apply(SpanBuilder.Served("/metricsx"), options));
    }

    [Fact]
    public void Apply_ManySpans_AllocatesNothing()
    {
        SpanRoutes routes = new(new RoutesOptions { Patterns = ["/a/:b"], IgnoredPatterns = ["/metrics"] });
        ServiceRoutes service = new(new RoutePatterns(["/x/:y"]), new RoutePatterns([]), routes.Learner());
        Span span = SpanBuilder.Served("/");
        byte[] path = Encoding.ASCII.GetBytes("/users/17/orders");
        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            span.Reset(SpanKind.Server, SpanFamilies.HttpServer, default).Set(Attributes.HttpRequestMethod, "GET"u8).Set(Attributes.UrlPath, path);
            routes.Apply(span, service);
        }));
    }
}

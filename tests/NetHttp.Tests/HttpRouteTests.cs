using Beyla;
using Beyla.Plugins.NetHttp;

namespace NetHttp.Tests;

public class HttpRouteTests
{
    [Theory]
    [InlineData("/items/{id}", "/items/{id}")]
    [InlineData("GET /items/{id}", "/items/{id}")]
    [InlineData("GET example.org/items/{id...}", "/items/{id...}")]
    [InlineData("example.org/", "/")]
    [InlineData("POST\t /a", "/a")]
    [InlineData("/{$}", "/{$}")]
    [InlineData("", null)]
    public void Decode_PatternOfServeMux_LosesMethodAndHost(string pattern, string? route) => Check(Router.ServeMux, pattern, route);

    [Theory]
    [InlineData("/items/{id}", "/items/{id}")]
    [InlineData("/api/*/inner/{x}", "/api/inner/{x}")]
    [InlineData("/api/*/*/x", "/api/x")]
    [InlineData("/a/*/b/*/c", "/a/b/c")]
    [InlineData("/files/*", "/files/*")]
    [InlineData("/api/*/", "/api")]
    [InlineData("/", "/")]
    public void Decode_PatternsOfChi_AreJoinedAsChiDoes(string patterns, string route) => Check(Router.Chi, patterns, route);

    [Theory]
    [InlineData(Router.Gin, "/items/:id")]
    [InlineData(Router.Gorilla, "/items/{id:[0-9]+}")]
    [InlineData(Router.Echo, "/files/*")]
    public void Decode_TemplateOfAnotherRouter_IsTakenAsItIs(object router, string route) => Check((Router)router, route, route);

    [Fact]
    public void Decode_EchoWithoutARoute_GivesNone() =>
        Assert.Equal("GET", Name(new ServerRecord { Target = "/missing", Status = 404, Route = "/missing", Router = Router.Echo }));

    [Fact]
    public void Decode_EchoHandlerThatFindsNothing_KeepsTheRoute() =>
        Assert.Equal("GET /items/:id", Name(new ServerRecord { Target = "/items/7", Status = 404, Route = "/items/:id", Router = Router.Echo }));

    [Fact]
    public void Decode_UnknownMethod_IsNamedHttpAndTheRoute() =>
        Assert.Equal("HTTP /a", Name(new ServerRecord { Method = "BREW", Route = "/a", Router = Router.Gin }));

    [Fact]
    public void Decode_RouteThatFillsItsField_IsKeptWhole() => Check(Router.Chi, "/" + new string('x', 126), "/" + new string('x', 126));

    private static void Check(Router router, string text, string? route)
    {
        ServerRecord record = new() { Route = text, Router = router };
        Assert.Equal(route is null ? "GET" : $"GET {route}", Name(record));
        string span = Decode(record);
        if (route is null) Assert.DoesNotContain("http.route", span);
        else Assert.Contains($"http.route = '{route}'", span);
    }

    private static string Name(ServerRecord record) => Decode(record).Split('\'')[1];

    private static string Decode(ServerRecord record)
    {
        SpanRecorder recorder = new();
        new NetHttpTracer().Decode(new BpfEvent(record.ToBytes()), recorder);
        return Assert.Single(recorder.Spans);
    }
}

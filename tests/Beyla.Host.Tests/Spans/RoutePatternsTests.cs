using System.Text;
using Beyla.Host.Spans.Routes;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Spans;

public sealed class RoutePatternsTests
{
    private static readonly RoutePatterns Patterns = new(
        ["/user/:id", "/user/me", "/user/{id}/basket/{product}", "/user/me/settings", "/static/*", "/static/{name}/raw", "/", "/a/*/c", "/both/", "/all/**"]);

    private static string? Find(RoutePatterns patterns, string path) => Encoding.UTF8.GetString(patterns.Find(Encoding.UTF8.GetBytes(path))) is { Length: > 0 } found ? found : null;

    [Theory]
    [InlineData("/user/17", "/user/:id")]
    [InlineData("/user/17/", "/user/:id")]
    [InlineData("//user//17", "/user/:id")]
    [InlineData("/user/me", "/user/me")]
    [InlineData("/user/me/settings", "/user/me/settings")]
    [InlineData("/user/me/basket/3", "/user/{id}/basket/{product}")] // the exact segment leads nowhere: the placeholder is tried, too
    [InlineData("/user/17/basket/3", "/user/{id}/basket/{product}")]
    [InlineData("/user/17/basket", null)]
    [InlineData("/user/17/basket/3/4", null)]
    [InlineData("/user", null)]
    [InlineData("/users/17", null)]
    [InlineData("/static/a/b/c.js", "/static/*")]
    [InlineData("/static/a/raw", "/static/{name}/raw")]
    [InlineData("/static/a/rawer", "/static/*")]
    [InlineData("/static/", "/static/*")]
    [InlineData("/static", null)]
    [InlineData("/", "/")]
    [InlineData("/a/b/c", "/a/*/c")]
    [InlineData("/a/b/d", null)]
    [InlineData("/both", "/both/")]
    [InlineData("/all/x/y", "/all/**")]
    public void Find_Path_IsTheMostSpecificPattern(string path, string? expected) => Assert.Equal(expected, Find(Patterns, path));

    [Fact]
    public void Find_AnyPatternFilledIn_IsFoundByTheOnlyPattern() => Prop.ForAll(
        Gen.Elements("a", "users", ":id", "{name}", "*", "ü").ListOf().Select(s => s.ToArray()).ToArbitrary(),
        segments =>
        {
            string pattern = "/" + string.Join('/', segments), path = "/" + string.Join('/', segments.Select(s => ":{*".Contains(s[0], StringComparison.Ordinal) ? "17" : s));
            return Find(new RoutePatterns([pattern]), path) == pattern && Find(new RoutePatterns([pattern]), path + "/") == pattern;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Find_ManyPaths_AllocatesNothing()
    {
        byte[] path = Encoding.UTF8.GetBytes("/user/me/basket/3");
        Assert.Equal(0, Allocations.InSteadyState(() => Patterns.Find(path)));
    }

    [Theory]
    [InlineData("user/:id", "'user/:id' does not begin with a slash: a pattern is a path like /user/:id, /user/{id} or /static/*")]
    [InlineData("/files/*.js", "'/files/*.js' has a '*' inside of '*.js': it stands for a whole segment, or for all that follows at the end")]
    [InlineData("/files/*", null)]
    [InlineData("/a/{b*}/c", null)]
    public void Problem_Pattern_IsToldInASentence(string pattern, string? expected) => Assert.Equal(expected, RoutePatterns.Problem(pattern));
}

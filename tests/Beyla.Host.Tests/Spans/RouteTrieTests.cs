using System.Globalization;
using System.Text;
using Beyla.Host.Configuration;
using Beyla.Host.Spans.Routes;

namespace Beyla.Host.Tests.Spans;

public sealed class RouteTrieTests
{
    private static string Learn(RouteTrie trie, string route)
    {
        Span<byte> written = new byte[RouteGuess.MaxLength];
        return Encoding.UTF8.GetString(written[..trie.Write(Encoding.UTF8.GetBytes(route), written)]);
    }

    [Fact]
    public void Write_FewSegments_KeepTheirNames()
    {
        RouteTrie trie = new(limit: 3, "*"u8.ToArray());
        Assert.Equal(["/a/x", "/b/*", "/c", "/", "/a/x"], new[] { "/a/x", "/b/*", "/c", "/", "/a/x" }.Select(r => Learn(trie, r)));
    }

    [Fact]
    public void Write_MoreSegmentsThanTheLimit_OnlyTheFrequentOnesKeepTheirNames()
    {
        RouteTrie trie = new(limit: 3, "*"u8.ToArray());
        for (int i = 0; i < 8; i++) Learn(trie, "/users/search/recent");
        string[] names = ["alice", "bob", "carol", "dave"];

        string[] first = [.. names.Select(n => Learn(trie, $"/users/{n}/orders"))], then = [.. names.Select(n => Learn(trie, $"/users/{n}/orders"))];

        Assert.Equal(["/users/alice/orders", "/users/bob/orders", "/users/*/orders", "/users/*/orders"], first);
        Assert.Equal(Enumerable.Repeat("/users/*/orders", 4), then);
        Assert.Equal("/users/search/recent", Learn(trie, "/users/search/recent"));
    }

    [Theory]
    [InlineData(nameof(UnmatchedRoute.Heuristic))]
    [InlineData(nameof(UnmatchedRoute.LowCardinality))]
    public void Learner_AMillionDistinctPaths_StayFewAndReadable(string unmatched)
    {
        SpanRoutes routes = new(new RoutesOptions { Unmatched = Enum.Parse<UnmatchedRoute>(unmatched) });
        ServiceRoutes service = new(new RoutePatterns([]), new RoutePatterns([]), routes.Learner());
        string[] names = ["alice", "maria", "ferrari", "berlin", "lantern", "simple", "garden", "mountain", "silver", "winter"];
        Dictionary<string, int> seen = [];
        Span span = SpanBuilder.Served("/");
        for (int i = 0; i < 1_000_000; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            // Numbers, words without end that look like names, and a few real places among them.
            string path = (i % 4) switch
            {
                0 => $"/api/orders/{number}/items/{i % 7}",
                1 => $"/api/people/{string.Concat(number.Select(d => names[d - '0'][..4]))}-{names[i % 10]}/profile",
                2 => $"/shop/{names[i / 10 % 10]}{names[i / 100 % 10]}{names[i / 1000 % 10]}/{names[i / 10_000 % 10]}{names[i % 10]}",
                _ => "/health",
            };
            span.Reset(SpanKind.Server, SpanFamilies.HttpServer, default).Set(Attributes.UrlPath, Encoding.ASCII.GetBytes(path));
            routes.Apply(span, service);
            string route = span.TextOf(Attributes.HttpRoute)!;
            seen[route] = seen.GetValueOrDefault(route) + 1;
        }

        Assert.InRange(seen.Count, 4, RouteTrie.MaxNodes);
        Assert.InRange(seen["/api/orders/*/items/*"], 250_000, 250_000);
        Assert.InRange(seen["/health"], 250_000, 250_000);
        Assert.InRange(seen.GetValueOrDefault("/api/people/*/profile"), 240_000, 250_000);
    }

    [Fact]
    public void Write_MoreThanItCanRemember_EndsInOneName()
    {
        RouteTrie trie = new(limit: 1000, "*"u8.ToArray());
        HashSet<string> routes = [.. Enumerable.Range(0, 5_000).Select(i => Learn(trie, $"/{(char)('a' + i % 26)}/{i.ToString(CultureInfo.InvariantCulture)}/x"))];
        Assert.InRange(routes.Count, 26, RouteTrie.MaxNodes + 27);
        Assert.All(Enumerable.Range(9_000, 100), i => Assert.EndsWith("*", Learn(trie, $"/new/{i.ToString(CultureInfo.InvariantCulture)}"), StringComparison.Ordinal));
    }
}

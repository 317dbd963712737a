using System.Text;
using Beyla.Host.Spans.Routes;

namespace Beyla.Host.Tests.Spans;

public sealed class RouteGuessTests
{
    private static string Guess(string path, string wildcard = "*")
    {
        Span<byte> route = new byte[RouteGuess.MaxLength];
        return Encoding.UTF8.GetString(route[..RouteGuess.Write(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(wildcard), route)]);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    [InlineData("/attach", "/attach")]
    [InlineData("/users/17", "/users/*")]
    [InlineData("/u/2", "/u/*")]
    [InlineData("/v1/products/22", "/v1/products/*")]
    [InlineData("/products//org/3/", "/products/org/*")]
    [InlineData("/users/fdklsdqxz/job/23993", "/users/*/job/*")]
    [InlineData("/api/v2/orders/550e8400-e29b-41d4-a716-446655440000/items", "/api/v2/orders/*/items")]
    [InlineData("/api/v1/namespaces/kube-system/pods/coredns-5d78c9869d-abcde/log", "/api/v1/namespaces/kube-system/pods/*/log")]
    [InlineData("/static/app.bundle.js", "/static/app.bundle.js")]
    [InlineData("/static/app.3f2a1b9c.js", "/static/*")]
    [InlineData("/.well-known/openid-configuration", "/.well-known/openid-configuration")]
    [InlineData("/oauth2/token", "/oauth2/token")]
    [InlineData("/usuarios/17/pedidos", "/usuarios/*/pedidos")]
    [InlineData("/Benutzer/17/Bestellungen", "/Benutzer/*/Bestellungen")]
    [InlineData("/getUserProfile/17", "/getUserProfile/*")]
    [InlineData("/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Check")]
    [InlineData("/files/report%202024.pdf", "/files/*")]
    [InlineData("/users/jos\u00e9", "/users/*")]
    [InlineData("/a/b/c/d/e/f/g/h/i/j/k/l", "/a/b/c/d/e/f/g/h/i/j/**")]
    [InlineData("/..", "/*")]
    public void Write_Path_KeepsTheWordsAndHidesTheData(string path, string expected) => Assert.Equal(expected, Guess(path));

    [Fact]
    public void Write_OtherWildcard_StandsForTheData() => Assert.Equal("/users/#/orders/#", Guess("/users/1/orders/2", "#"));

    [Fact]
    public void Write_LongSegments_FitTheBuffer()
    {
        string path = string.Concat(Enumerable.Repeat("/" + string.Join('-', Enumerable.Repeat("status", 9)), 20)) + "/" + new string('a', 100_000);
        Assert.Equal(string.Concat(Enumerable.Repeat("/status-status-status-status-status-status-status-status-status", 10)) + "/**", Guess(path));
    }

    [Fact]
    public void IsName_RandomLetters_AreMostlyData()
    {
        Random random = new(17);
        int data = Enumerable.Range(0, 10_000).Count(_ => !WordClassifier.IsName(Letters(random)));
        Assert.InRange(data, 8_000, 10_000);

        static byte[] Letters(Random random) => [.. Enumerable.Range(0, random.Next(6, 13)).Select(_ => (byte)random.Next('a', 'z' + 1))];
    }

    [Fact]
    public void IsName_WordsOfApis_AreNames()
    {
        string[] words = (
            "api users user config admin auth login logout graphql health healthz livez readyz metrics status debug pprof dashboard websocket webhooks namespaces "
            + "deployments replicasets services accounts payments invoices checkout basket cart products catalog categories search suggestions recommendations "
            + "notifications settings preferences subscriptions permissions organizations repositories commits branches pulls issues comments reactions "
            + "attachments uploads downloads images thumbnails favicon robots sitemap manifest swagger openapi prometheus grafana kubernetes https "
            + "customers orders shipments tracking inventory warehouse suppliers currency exchange transactions transfer balance statements").Split(' ');
        Assert.DoesNotContain(words, w => !WordClassifier.IsName(Encoding.ASCII.GetBytes(w)));
    }
}

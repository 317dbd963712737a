using System.Globalization;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Routes as each router names them, by HTTP/1.1 and by HTTP/2 of both copies. The target's handlers answer with their pattern, so the router itself says what is expected.</summary>
public sealed class RoutesTests
{
    /// <summary>Requests of each kind and router, at the same time: routers keep their contexts in pools, and a route must not get to another request.</summary>
    private const int Rounds = 25;

    [AgentTheory, MemberData(nameof(Releases.Routes), MemberType = typeof(Releases))]
    public async Task Route_OfEveryRouter_IsWhatTheRouterSays(Release release)
    {
        await using RoutesTarget target = await RoutesTarget.StartAsync(release);
        await using Agent agent = await Agent.StartAsync(o =>
        {
            o.OpenPort = TargetProcess.Text(target.Ports["mux"]);
            o.Variables = new Dictionary<string, string> { ["BEYLA_ROUTES_UNMATCHED"] = "unset" }; // only what the routers say
        });
        await agent.AttachedAsync(target.Pid);
        using HttpClient client = RoutesTarget.Client();
        List<(string Router, string Method, string Path)> requests =
        [
            .. from i in Enumerable.Range(0, Rounds) from router in target.Ports.Keys from request in Requests(i) select (router, request.Method, request.Path),
        ];

        ExpectedSpan[] expected = new ExpectedSpan[requests.Count];
        await Parallel.ForAsync(0, requests.Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, stop) =>
        {
            (string router, string method, string path) = requests[i];
            using HttpRequestMessage request = target.Request(router, new HttpMethod(method), path);
            using HttpResponseMessage answer = await client.SendAsync(request, stop);
            string pattern = await answer.Content.ReadAsStringAsync(stop);
            expected[i] = ExpectedSpan.Server(method, path, (int)answer.StatusCode)
                .With("server.port", target.Ports[router])
                .With("network.protocol.version", RoutesTarget.IsHttp2(router) ? "2" : "1.1")
                .With("http.route", answer.IsSuccessStatusCode ? RouteOf(release, router, path, pattern) : null);
        });

        await agent.SpansShouldBeAsync(expected);
        Assert.All(agent.Spans, s => Assert.Equal($"{s.TextOf("http.request.method")} {s.TextOf("http.route")}".TrimEnd(), s.Name));
        await agent.StopAsync();
    }

    /// <summary>
    /// The mux as it was before Go 1.22; newer programs are told to go back to it. An inner mux does not replace the outer one's pattern, and a pattern
    /// does not stay for a later request of the same connection.
    /// </summary>
    [AgentTheory, MemberData(nameof(Releases.Routes), MemberType = typeof(Releases))]
    public async Task Route_OfTheOldMux_IsNamedWhenTheUserAsksForIt(Release release)
    {
        await using RoutesTarget target = await RoutesTarget.StartAsync(release, new Dictionary<string, string?> { ["GODEBUG"] = "httpmuxgo121=1" });
        await using Agent agent = await Agent.StartAsync(o =>
        {
            o.OpenPort = TargetProcess.Text(target.Ports["mux"]);
            o.Variables = new Dictionary<string, string> { ["BEYLA_TRACERS_NET_HTTP_OLD_MUX_ROUTES"] = "true", ["BEYLA_ROUTES_UNMATCHED"] = "unset" };
        });
        await agent.AttachedAsync(target.Pid);
        using HttpClient client = RoutesTarget.Client();
        (string Path, string? Route)[] requests = [("/prefix/7", "/prefix/"), ("/missing/7", null), ("/api/v1/items/7", "/api/v1/"), ("/missing/8", null)];

        List<ExpectedSpan> expected = [];
        foreach (string mux in target.Ports.Keys.Where(r => r.StartsWith("mux", StringComparison.Ordinal)))
            foreach ((string path, string? route) in requests)
            {
                using HttpRequestMessage request = target.Request(mux, HttpMethod.Get, path);
                using HttpResponseMessage answer = await client.SendAsync(request);
                expected.Add(ExpectedSpan.Server("GET", path, (int)answer.StatusCode).With("server.port", target.Ports[mux]).With("http.route", route));
            }

        await agent.SpansShouldBeAsync([.. expected]);
        await agent.StopAsync();
    }

    private static IEnumerable<(string Method, string Path)> Requests(int i)
    {
        string id = i.ToString(CultureInfo.InvariantCulture);
        return
        [
            ("GET", "/static"), ("GET", $"/users/{id}"), ("POST", $"/users/{id}"), ("GET", $"/users/{id}/orders/7"), ("GET", $"/files/a/{id}"),
            ("GET", $"/api/v1/items/{id}"), ("GET", $"/missing/{id}"),
        ];
    }

    private static string? RouteOf(Release release, string router, string path, string pattern)
    {
        if (!router.StartsWith("mux", StringComparison.Ordinal)) return pattern;
        if (router == "mux_h2c" && release.Build == "sid-1.27") return null; // net/http makes the Request behind the probe: docs/limits.md
        if (release.Build.EndsWith("1.19", StringComparison.Ordinal) || release.Build.EndsWith("1.21", StringComparison.Ordinal))
            return null; // the Request has no pattern yet: docs/limits.md
        // StripPrefix gives the inner mux a copy of the Request: only the outer one is seen.
        return path.StartsWith("/api/", StringComparison.Ordinal) ? "/api/v1/" : pattern[pattern.IndexOf('/', StringComparison.Ordinal)..];
    }
}

namespace EndToEnd.Targets;

/// <summary>Requests of several kinds for each program. The statuses are checked, so that a program that changed its mind is noticed here.</summary>
internal static class Scenarios
{
    /// <summary>How often each kind is sent.</summary>
    private const int Rounds = 5;

    /// <summary>Sends the requests that fit the release's program.</summary>
    public static Task RunAsync(Release release, RequestClient requests) => release.Program switch
    {
        "prometheus" => PrometheusAsync(requests),
        "etcd" => EtcdAsync(requests),
        "caddy" => CaddyAsync(requests),
        "esbuild" => EsbuildAsync(requests),
        _ => HttpAsync(requests),
    };

    private static async Task PrometheusAsync(RequestClient requests)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await ExpectAsync(requests, 200, "GET", "/-/healthy");
            await ExpectAsync(requests, 200, "HEAD", "/-/healthy");
            await ExpectAsync(requests, 200, "GET", "/metrics");
            await ExpectAsync(requests, 200, "GET", "/api/v1/query?query=1");
            await ExpectAsync(requests, 200, "POST", "/api/v1/query", "query=vector(1)", "application/x-www-form-urlencoded");
            await ExpectAsync(requests, 400, "GET", "/api/v1/query?query=");
            await ExpectAsync(requests, 404, "GET", "/missing");
            await ExpectAsync(requests, 302, "GET", "/");
        }
    }

    private static async Task EtcdAsync(RequestClient requests)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await ExpectAsync(requests, 200, "GET", "/version");
            await ExpectAsync(requests, 200, "GET", "/health");
            await ExpectAsync(requests, 200, "GET", "/metrics");
            await ExpectAsync(requests, 405, "POST", "/version", "x");
            await ExpectAsync(requests, 404, "GET", "/missing");
            await ExpectAsync(requests, 200, "POST", "/v3/kv/put", """{"key":"Zm9v","value":"YmFy"}""", "application/json");
            await ExpectAsync(requests, 200, "POST", "/v3/kv/range", """{"key":"Zm9v"}""", "application/json");
        }
    }

    private static async Task CaddyAsync(RequestClient requests)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await ExpectAsync(requests, 200, "GET", "/files/page.txt");
            await ExpectAsync(requests, 200, "HEAD", "/files/page.txt");
            await ExpectAsync(requests, 404, "GET", "/files/missing.txt");
            await ExpectAsync(requests, 418, "PUT", "/teapot", "tea");
            await ExpectAsync(requests, 503, "GET", "/broken");
            await ExpectAsync(requests, 404, "GET", "/missing");
        }
    }

    private static async Task EsbuildAsync(RequestClient requests)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await ExpectAsync(requests, 200, "GET", "/");
            await ExpectAsync(requests, 200, "GET", "/js/app.js");
            await ExpectAsync(requests, 404, "GET", "/missing.js");
        }
    }

    private static async Task HttpAsync(RequestClient requests)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await ExpectAsync(requests, 200, "GET", "/hello");
            await ExpectAsync(requests, 200, "GET", "/hello?name=value&secret=1");
            await ExpectAsync(requests, 200, "GET", "/silent");
            await ExpectAsync(requests, 200, "HEAD", "/head");
            await ExpectAsync(requests, 200, "POST", "/echo", new string('b', 1000));
            await ExpectAsync(requests, 200, "PUT", "/echo", new string('b', 300_000));
            await ExpectAsync(requests, 200, "DELETE", "/hello");
            await ExpectAsync(requests, 201, "POST", "/status?code=201", "x");
            await ExpectAsync(requests, 204, "GET", "/nocontent");
            await ExpectAsync(requests, 304, "GET", "/notmodified");
            await ExpectAsync(requests, 302, "GET", "/redirect");
            await ExpectAsync(requests, 404, "GET", "/missing");
            await ExpectAsync(requests, 500, "GET", "/status?code=500");
            await ExpectAsync(requests, 503, "GET", "/timeout?ms=3000");
            await ExpectAsync(requests, 200, "GET", "/large?bytes=300000");
            await ExpectAsync(requests, 200, "GET", "/large?bytes=300000&sized=1");
        }
    }

    private static async Task ExpectAsync(
        RequestClient requests, int status, string method, string target, string? body = null, string contentType = "text/plain")
    {
        Exchange exchange = await requests.SendAsync(method, target, body, contentType);
        Assert.True(status == exchange.Status, $"the target answered {exchange.Status} to {method} {target}, not {status}");
    }
}

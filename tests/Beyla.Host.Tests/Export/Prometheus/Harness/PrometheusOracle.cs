using System.Globalization;
using System.Text.Json.Nodes;
using EndToEnd.Harness;

namespace Beyla.Testing.Prometheus;

/// <summary>Debian's prometheus, which scrapes pages each second and answers PromQL, and its promtool.</summary>
internal sealed class PrometheusOracle : IAsyncDisposable
{
    private const string Program = "bookworm/prometheus", Tool = "bookworm/promtool";

    private readonly ChildProcess _process;
    private readonly TemporaryFolder _folder;
    private readonly HttpClient _client;

    private PrometheusOracle(ChildProcess process, TemporaryFolder folder, int port) =>
        (_process, _folder, _client) = (process, folder, new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api/v1/")) });

    /// <summary>Null when it can run; otherwise the reason to skip.</summary>
    public static string? Missing { get; } = new[] { Program, Tool }.Where(p => !File.Exists(Path.Combine(Repository.Targets, p)))
        .Select(p => $"artifacts/targets/{p} is missing; run tests/targets/fetch.sh programs").FirstOrDefault();

    /// <summary>Starts it on the pages <c>/metrics</c> of ports; the labels of the pages win over those that it makes itself.</summary>
    public static async Task<PrometheusOracle> StartAsync(params int[] ports)
    {
        TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        string targets = string.Join(", ", ports.Select(p => string.Create(CultureInfo.InvariantCulture, $"'127.0.0.1:{p}'")));
        string config = folder.Write("prometheus.yml", $$"""
            scrape_configs:
            - { job_name: test, scrape_interval: 1s, honor_labels: true, static_configs: [{ targets: [{{targets}}] }] }

            """);
        ChildProcess process = ChildProcess.Start(Path.Combine(Repository.Targets, Program),
        [
            $"--config.file={config}", $"--storage.tsdb.path={folder.File("data")}", "--enable-feature=exemplar-storage",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
        ]);
        PrometheusOracle oracle = new(process, folder, port);
        await Eventually.TrueAsync(
            () => process.Error.Lines.Any(l => l.Contains("Server is ready", StringComparison.Ordinal)), Eventually.Soon, process.ToString);
        return oracle;
    }

    /// <summary>What promtool thinks of a page in the text format: nothing, when all is well.</summary>
    public static async Task<string> CheckAsync(string page)
    {
        await using ChildProcess tool = ChildProcess.Start(Path.Combine(Repository.Targets, Tool), ["check", "metrics"]);
        await tool.FeedAsync(page.TrimEnd('\n'));
        return $"{tool.Error}{tool.Output}";
    }

    /// <summary>The value of a query with one result; null when it has none.</summary>
    public async Task<double?> ValueAsync(string query)
    {
        JsonArray results = (await AskAsync($"query?query={Uri.EscapeDataString(query)}"))["result"]!.AsArray();
        return results.Count == 0 ? null : double.Parse(Assert.Single(results)!["value"]![1]!.GetValue<string>(), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until a query has a value.</summary>
    public Task ShouldBeAsync(string query, double expected)
    {
        double? last = null;
        return Eventually.TrueAsync(
            async () => (last = await ValueAsync(query)) is { } value && Math.Abs(value - expected) < 1e-9, TimeSpan.FromSeconds(30), () => $"{query} is {last}, not {expected}. {_process}");
    }

    /// <summary>The exemplars of the last hour: labels and value of each.</summary>
    public async Task<IReadOnlyList<JsonNode>> ExemplarsAsync(string query)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        JsonNode answer = await AskAsync(string.Create(CultureInfo.InvariantCulture, $"query_exemplars?query={Uri.EscapeDataString(query)}&start={now - 3600}&end={now + 60}"));
        return [.. answer.AsArray().SelectMany(s => s!["exemplars"]!.AsArray())!];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<JsonNode> AskAsync(string request)
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri(request, UriKind.Relative));
        JsonNode content = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return content["status"]!.GetValue<string>() == "success" ? content["data"]! : throw new InvalidOperationException($"{request}: {content}");
    }
}

/// <summary>A test that needs Debian's prometheus; skipped with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = PrometheusOracle.Missing;
}

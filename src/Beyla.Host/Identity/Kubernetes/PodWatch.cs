using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Beyla.Host.Export.Otlp.Sending;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Identity.Kubernetes;

/// <summary>
/// Keeps a <see cref="PodDirectory"/> like the API server's pods of one node: a list, then changes from there on (Kubernetes API concepts, "Efficient
/// detection of changes"). After a failure, and when the server has forgotten our place (410), it begins again with a list, later each time.
/// </summary>
/// <param name="access">The API server.</param>
/// <param name="node">The node.</param>
/// <param name="pods">Takes the pods.</param>
/// <param name="retry">Pauses after failures.</param>
/// <param name="log">Says when an outage begins and ends.</param>
internal sealed class PodWatch(KubernetesAccess access, string node, PodDirectory pods, RetryDelay retry, ILogger log) : IDisposable
{
    /// <summary>The server ends a watch after this time; one that lasts longer has lost its connection.</summary>
    private static readonly TimeSpan WatchTime = TimeSpan.FromMinutes(5), Grace = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _client = access.CreateClient();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private int _failures;
    private bool _listed, _outage;

    /// <summary>Begins.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    public void Dispose()
    {
        _stop.Cancel();
        _running.GetAwaiter().GetResult();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                string? version = await ListAsync().ConfigureAwait(false);
                while (version is not null) version = await WatchAsync(version).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException or UnauthorizedAccessException)
            {
                _failures++;
                if (!_outage) log.LogWarning("Kubernetes' API server {Server} cannot be asked about pods: {Reason}; what is known of pods stays, and it is asked again.", access.Server, e.Message.TrimEnd('.'));
                _outage = true;
            }
            try { await Task.Delay(retry.After(Math.Max(1, _failures)), _stop.Token).ConfigureAwait(false); }
            catch (OperationCanceledException) { return; }
        }
    }

    /// <summary>Reads all pods of the node.</summary>
    /// <returns>The version to watch from.</returns>
    private async Task<string> ListAsync()
    {
        using CancellationTokenSource limit = Limit(Grace);
        using HttpResponseMessage response = await GetAsync("", limit.Token).ConfigureAwait(false);
        using Stream body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        using JsonDocument list = await JsonDocument.ParseAsync(body, cancellationToken: limit.Token).ConfigureAwait(false);
        if (!list.RootElement.TryGetProperty("items", out JsonElement items) || items.ValueKind != JsonValueKind.Array) throw new JsonException("the answer is no list of pods");
        pods.Replace([.. items.EnumerateArray().Select(PodFacts.Parse)]);
        if (_outage || !_listed) log.LogInformation("Kubernetes: {Count} pods on node {Node}.", pods.Count, node);
        (_failures, _listed, _outage) = (0, true, false);
        return VersionOf(list.RootElement) ?? throw new JsonException("the list of pods has no resourceVersion");
    }

    /// <summary>Follows the changes.</summary>
    /// <returns>The version to go on from; null: begin anew with a list.</returns>
    private async Task<string?> WatchAsync(string version)
    {
        using CancellationTokenSource limit = Limit(WatchTime + Grace);
        string query = $"&watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchTime.TotalSeconds:F0}&resourceVersion={Uri.EscapeDataString(version)}";
        using HttpResponseMessage response = await GetAsync(query, limit.Token).ConfigureAwait(false);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false));
        while (await lines.ReadLineAsync(limit.Token).ConfigureAwait(false) is { } line)
        {
            using JsonDocument e = JsonDocument.Parse(line);
            JsonElement changed = e.RootElement.GetProperty("object");
            switch (e.RootElement.GetProperty("type").GetString())
            {
                case "ADDED" or "MODIFIED": pods.Set(PodFacts.Parse(changed)); break;
                case "DELETED": pods.Remove(PodFacts.Parse(changed).Uid); break;
                case "BOOKMARK": break;
                default: return null; // ERROR: our version is too old (410), or the server knows why
            }
            version = VersionOf(changed) ?? version;
        }
        return version;
    }

    private async Task<HttpResponseMessage> GetAsync(string query, CancellationToken stop)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(access.Server, $"api/v1/pods?fieldSelector={Uri.EscapeDataString("spec.nodeName=" + node)}{query}"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (access.ReadToken() is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        HttpResponseMessage response = await _client.SendAsync(request, stop).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK) return response;
        HttpStatusCode status = response.StatusCode;
        response.Dispose();
        throw new HttpRequestException(status switch
        {
            HttpStatusCode.Unauthorized => "it does not know us (401): the token or certificate is not valid",
            HttpStatusCode.Forbidden => "it refuses (403): let the service account list and watch pods (a ClusterRole with verbs list and watch on pods)",
            _ => $"it answers {(int)status}",
        });
    }

    private static string? VersionOf(JsonElement of) =>
        of.TryGetProperty("metadata", out JsonElement metadata) && metadata.TryGetProperty("resourceVersion", out JsonElement version) ? version.GetString() : null;

    private CancellationTokenSource Limit(TimeSpan time)
    {
        CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(time);
        return limit;
    }
}

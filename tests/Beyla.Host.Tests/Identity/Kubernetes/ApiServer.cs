using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Beyla.Host.Identity.Kubernetes;
using EndToEnd.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Identity.Kubernetes;

/// <summary>A server on a loopback port with TLS that speaks the list and watch protocol of Kubernetes' API for pods, as the reference describes it.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate = Certificates.SelfSigned();
    private readonly ConcurrentDictionary<string, JsonObject> _pods = [];
    private Channel<string> _events = Channel.CreateUnbounded<string>();
    private int _version = 100;

    private ApiServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.UseHttps(_certificate)));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Statuses of the next answers, instead of success.</summary>
    public ConcurrentQueue<int> Refusals { get; } = [];

    /// <summary>The requests so far: token, path and query.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>How many of them were lists.</summary>
    public int Lists => Requests.Count(r => !r.Contains("watch=true", StringComparison.Ordinal));

    /// <summary>Its certificate, PEM.</summary>
    public string Authority => _certificate.ExportCertificatePem();

    /// <summary>Its address.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");

    /// <summary>Access with a token.</summary>
    public KubernetesAccess Access => new() { Server = Address, Authorities = Authority, Token = "secret" };

    public static async Task<ApiServer> StartAsync()
    {
        ApiServer server = new();
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Adds or changes a pod.</summary>
    public void Set(JsonObject pod)
    {
        string uid = pod["metadata"]!["uid"]!.GetValue<string>();
        string type = _pods.ContainsKey(uid) ? "MODIFIED" : "ADDED";
        _pods[uid] = pod;
        Tell(type, pod);
    }

    /// <summary>Deletes a pod.</summary>
    public void Delete(string uid)
    {
        if (_pods.TryRemove(uid, out JsonObject? pod)) Tell("DELETED", pod);
    }

    /// <summary>Deletes a pod without telling the watch, and then tells it that its version is too old.</summary>
    public void Forget(string uid)
    {
        _pods.TryRemove(uid, out _);
        _events.Writer.TryWrite("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}""");
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        using CancellationTokenSource now = new(0);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private void Tell(string type, JsonObject pod)
    {
        JsonObject copy = (JsonObject)pod.DeepClone();
        copy["metadata"]!["resourceVersion"] = Version();
        _events.Writer.TryWrite(new JsonObject { ["type"] = type, ["object"] = copy }.ToJsonString());
    }

    private string Version() => Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Headers.Authorization} {context.Request.Path}{Uri.UnescapeDataString(context.Request.QueryString.Value!)}");
        if (Refusals.TryDequeue(out int status))
        {
            context.Response.StatusCode = status;
            return;
        }
        context.Response.ContentType = "application/json";
        if (context.Request.Query["watch"] != "true")
        {
            _events = Channel.CreateUnbounded<string>();
            JsonObject list = new()
            {
                ["kind"] = "PodList",
                ["metadata"] = new JsonObject { ["resourceVersion"] = Version() },
                ["items"] = new JsonArray([.. _pods.Values.Select(p => p.DeepClone())]),
            };
            await context.Response.WriteAsync(list.ToJsonString());
            return;
        }
        await context.Response.Body.FlushAsync();
        await foreach (string line in _events.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(line + "\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (line.Contains("\"ERROR\"", StringComparison.Ordinal)) return;
        }
    }
}

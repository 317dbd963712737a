using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beyla.Testing.Otlp;

/// <summary>What a server does with one request. It must read the request before it answers.</summary>
internal delegate Task Behaviour(CollectorExchange exchange);

/// <summary>
/// An OTLP server on loopback ports of its own, HTTP/1.1 and gRPC, that does what the test tells it. The content of every request is decoded by
/// OpenTelemetry's decoder.
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly OtlpOracle _oracle;

    private Collector(WebApplication app, OtlpOracle oracle) => (_app, _oracle) = (app, oracle);

    /// <summary>What to do with the next requests, in order; accept when there is nothing.</summary>
    public ConcurrentQueue<Behaviour> Next { get; } = [];

    /// <summary>Every request that came, read or not.</summary>
    public ConcurrentQueue<CollectorExchange> Exchanges { get; } = [];

    /// <summary>Where HTTP requests go.</summary>
    public string HttpEndpoint { get; private set; } = "";

    /// <summary>Where gRPC calls go.</summary>
    public string GrpcEndpoint { get; private set; } = "";

    /// <summary>The requests that were answered with success.</summary>
    public IReadOnlyList<CollectorExchange> Accepted => [.. Exchanges.Where(e => e.IsAccepted)];

    /// <summary>Those of them that hold spans.</summary>
    public IReadOnlyList<CollectorExchange> AcceptedTraces => [.. Accepted.Where(e => !e.IsMetrics)];

    /// <summary>The metric points of all accepted requests, as text (<see cref="DecodedMetrics"/>).</summary>
    public IReadOnlyList<string> Points => [.. Accepted.Where(e => e.IsMetrics).SelectMany(e => DecodedMetrics.Points(e.Content!))];

    /// <summary>The spans of all accepted requests.</summary>
    public IReadOnlyList<JsonObject> Spans => [.. Accepted.SelectMany(e => OtlpOracle.Spans(e.Content!))];

    /// <summary>Starts the server.</summary>
    /// <param name="oracle">Decodes the requests.</param>
    /// <param name="tls">Turns TLS on.</param>
    public static async Task<Collector> StartAsync(OtlpOracle oracle, Action<ListenOptions>? tls = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            foreach (HttpProtocols protocols in new[] { HttpProtocols.Http1, HttpProtocols.Http2 })
                kestrel.Listen(IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = protocols;
                    tls?.Invoke(listen);
                });
        });
        Collector collector = new(builder.Build(), oracle);
        collector._app.Run(collector.HandleAsync);
        await collector._app.StartAsync();
        string[] addresses = [.. collector._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        (collector.HttpEndpoint, collector.GrpcEndpoint) = (addresses[0], addresses[1]);
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new(0);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        CollectorExchange exchange = new(context, _oracle);
        Exchanges.Enqueue(exchange);
        await (Next.TryDequeue(out Behaviour? behaviour) ? behaviour : Behaviours.Accept)(exchange);
    }
}

/// <summary>One request and what became of it.</summary>
internal sealed class CollectorExchange(HttpContext context, OtlpOracle oracle)
{
    public HttpContext Context => context;

    public OtlpOracle Oracle => oracle;

    /// <summary>Path of the request.</summary>
    public string Path { get; } = context.Request.Path;

    /// <summary>Headers of the request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; } =
        context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it holds metrics; else spans.</summary>
    public bool IsMetrics => Path.Contains("metrics", StringComparison.Ordinal);

    /// <summary>Whether it is a gRPC call.</summary>
    public bool IsGrpc => Headers["Content-Type"] == "application/grpc";

    /// <summary>Whether it is JSON.</summary>
    public bool IsJson => Headers["Content-Type"] == "application/json";

    /// <summary>Whether the server answered that it has it.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>The decoded request, once it was read.</summary>
    public JsonObject? Content { get; private set; }

    /// <summary>Reads and decodes the request.</summary>
    public async Task ReadAsync()
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        Decode(body.ToArray());
    }

    /// <summary>Decodes a request body.</summary>
    public void Decode(byte[] body)
    {
        bool gzip = Headers.TryGetValue("Content-Encoding", out string? encoding) && encoding == "gzip";
        if (IsGrpc)
        {
            Assert.Equal(body.Length - 5, BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)));
            gzip = body[0] == 1;
            Assert.Equal(gzip, Headers.TryGetValue("grpc-encoding", out string? name) && name == "gzip");
            body = body[5..];
        }
        if (gzip) body = Gunzip(body);
        string message = IsMetrics ? OtlpOracle.MetricsRequest : OtlpOracle.TracesRequest;
        Content = IsJson ? oracle.Read(message, body) : oracle.Decode(message, body);
    }

    private static byte[] Gunzip(byte[] bytes)
    {
        using GZipStream gzip = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream plain = new();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}

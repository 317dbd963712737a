using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Beyla.Host.Export.Prometheus;

/// <summary>A page of metrics.</summary>
/// <param name="Host">IP address or <c>localhost</c>; null: all.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Path">Path: <c>/metrics</c>.</param>
/// <param name="Sources">What stands on it.</param>
internal sealed record MetricsPage(string? Host, int Port, string Path, IReadOnlyList<IMetricsSource> Sources);

/// <summary>Serves pages of metrics over HTTP/1.1: Kestrel alone, without the host around it, which would cost 10 MB more.</summary>
internal sealed class PrometheusServer : IHttpApplication<IFeatureCollection>, IDisposable
{
    /// <summary>Scrapers are few; whoever else connects must not fill our memory.</summary>
    private const int MostConnections = 32;

    private readonly IReadOnlyList<MetricsPage> _pages;
    private readonly KestrelServer _server;
    private readonly Lock _writing = new();
    private readonly Exposition _exposition = new();

    private PrometheusServer(IReadOnlyList<MetricsPage> pages)
    {
        _pages = pages;
        KestrelServerOptions options = new() { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = MostConnections;
        options.Limits.MaxRequestBodySize = 0;
        foreach ((string? host, int port) in pages.Select(p => (p.Host, p.Port)).Distinct())
        {
            if (host is null) options.ListenAnyIP(port, Protocol);
            else if (host == "localhost") options.ListenLocalhost(port, Protocol);
            else options.Listen(IPAddress.Parse(host), port, Protocol);
        }
        _server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    /// <summary>Starts to serve.</summary>
    /// <exception cref="InvalidOperationException">A port cannot be opened.</exception>
    public static PrometheusServer Start(IReadOnlyList<MetricsPage> pages)
    {
        PrometheusServer server = new(pages);
        try
        {
            server._server.StartAsync(server, CancellationToken.None).GetAwaiter().GetResult();
            return server;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            server._server.Dispose();
            string ports = string.Join(" and ", pages.Select(p => p.Port).Distinct());
            throw new InvalidOperationException(
                $"cannot serve metrics for Prometheus on port {ports}: {e.Message.TrimEnd('.')}; choose another port (BEYLA_PROMETHEUS_PORT) or address.", e);
        }
    }

    public void Dispose()
    {
        using CancellationTokenSource now = new(0); // a scrape under way is cut: nobody waits for it at the end
        _server.StopAsync(now.Token).GetAwaiter().GetResult();
        _server.Dispose();
    }

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception) { }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
        IHttpResponseFeature response = context.GetRequiredFeature<IHttpResponseFeature>();
        int port = context.GetRequiredFeature<IHttpConnectionFeature>().LocalPort;
        MetricsPage? page = _pages.FirstOrDefault(p => p.Port == port && p.Path == request.Path);
        bool head = HttpMethods.IsHead(request.Method);
        if (page is null || !(head || HttpMethods.IsGet(request.Method)))
        {
            response.StatusCode = page is null ? StatusCodes.Status404NotFound : StatusCodes.Status405MethodNotAllowed;
            return;
        }
        ExpositionFormat format = ExpositionFormats.Choose(request.Headers.Accept);
        response.Headers.ContentType = ExpositionFormats.ContentType(format);
        if (head) return;
        IHttpResponseBodyFeature body = context.GetRequiredFeature<IHttpResponseBodyFeature>();
        await body.StartAsync().ConfigureAwait(false); // without that the writer has no room yet
        Write(page, format, body.Writer);
        await body.Writer.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>One page at a time; a slow reader does not hold up the next, its page lies in the connection's buffers.</summary>
    private void Write(MetricsPage page, ExpositionFormat format, System.IO.Pipelines.PipeWriter to)
    {
        lock (_writing)
        {
            _exposition.Begin(format);
            foreach (IMetricsSource source in page.Sources) source.WriteTo(_exposition);
            _exposition.End();
            to.Write(_exposition.Written);
        }
    }

    private static void Protocol(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
}

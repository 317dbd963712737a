using System.Net;
using System.Net.Sockets;
using Beyla.Host.Configuration;
using Beyla.Host.Export.Otlp;

namespace Beyla.Host.Commands.Doctor;

/// <summary>Where telemetry goes, and whether somebody is there. Nothing is sent.</summary>
internal static class ExportChecks
{
    private const string Area = "export";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<Finding>> RunAsync(BeylaOptions options, CancellationToken stop)
    {
        List<Finding> findings =
        [
            await EndpointAsync("traces", options.Grafana.Complete(options.TracesExport.Otlp, "traces"), stop).ConfigureAwait(false),
            await EndpointAsync("metrics", options.Grafana.Complete(options.MetricsExport.Otlp, "metrics"), stop).ConfigureAwait(false),
            Prometheus(options.Prometheus),
        ];
        if (findings.All(f => f.State == FindingState.Off) && options.TracePrinter == TracePrinter.Disabled)
        {
            findings.Add(new(Area, "any", FindingState.Limited, "spans go nowhere: no exporter is set")
            {
                Remedy = "OTEL_EXPORTER_OTLP_ENDPOINT sends them, --trace-printer text shows them",
            });
        }
        return findings;
    }

    private static async Task<Finding> EndpointAsync(string signal, OtlpOptions options, CancellationToken stop)
    {
        if (OtlpEndpoint.Of(options, $"v1/{signal}") is not { } endpoint) return new(Area, $"OTLP {signal}", FindingState.Off, "no endpoint is set");
        try
        {
            using TcpClient client = new();
            using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            late.CancelAfter(Patience);
            await client.ConnectAsync(endpoint.Uri.Host, endpoint.Uri.Port, late.Token).ConfigureAwait(false);
            return new(Area, $"OTLP {signal}", FindingState.Ok, $"{endpoint} takes connections");
        }
        catch (SocketException e)
        {
            return Unreachable(signal, endpoint, Reason(e));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Unreachable(signal, endpoint, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static string Reason(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "its name is not known here",
        _ => e.Message,
    };

    private static Finding Unreachable(string signal, OtlpEndpoint endpoint, string reason) =>
        new(Area, $"OTLP {signal}", FindingState.Missing, $"{endpoint} cannot be reached: {reason}")
        {
            Remedy = "start the collector or correct the endpoint; until then spans wait in a bounded queue and are lost and counted",
        };

    private static Finding Prometheus(PrometheusOptions options)
    {
        if (options.Port == 0) return new(Area, "Prometheus", FindingState.Off, "no port is set");
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.TryParse(options.Host, out IPAddress? host) && host.AddressFamily == AddressFamily.InterNetwork ? host : IPAddress.Any, options.Port));
            return new(Area, "Prometheus", FindingState.Ok, $"port {options.Port} is free");
        }
        catch (SocketException e)
        {
            bool taken = e.SocketErrorCode == SocketError.AddressAlreadyInUse;
            return new(Area, "Prometheus", taken ? FindingState.Limited : FindingState.Missing, $"port {options.Port} cannot be opened: {(taken ? "it is in use" : e.Message)}")
            {
                Remedy = taken ? "fine if a running agent has it; else choose another prometheus_export.port" : "choose another prometheus_export.port",
            };
        }
    }
}

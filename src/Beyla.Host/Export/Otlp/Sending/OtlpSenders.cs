using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>Makes the sender of a signal.</summary>
internal static class OtlpSenders
{
    /// <summary>A sender; <see langword="null"/> when the options name nothing to send to. Nothing of HTTP is loaded then.</summary>
    /// <exception cref="InvalidOperationException">A certificate cannot be read.</exception>
    public static OtlpSender? Create(OtlpSignal signal, OtlpOptions options, SenderLimits limits, LossLedger losses, TimeProvider time, ILoggerFactory logs)
    {
        if (OtlpEndpoint.Of(options, signal.Path) is not { } endpoint) return null;
        ILogger log = logs.CreateLogger<OtlpSender>();
        OtlpTransport transport = OtlpTransport.Create(signal, endpoint, options, time);
        log.LogInformation("{Items} go to {Endpoint}.", signal.Items, endpoint);
        return new OtlpSender($"otlp-{signal.Name}", transport, limits, new RetryDelay(Random.Shared.NextDouble), losses, time, log);
    }
}

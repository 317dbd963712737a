using Beyla.Host.Spans;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Identity.OwnTelemetry;

/// <summary>
/// Watches for spans that are a process' own exports by OTLP: successful calls of <c>/v1/traces</c>, <c>/v1/metrics</c> or of the gRPC services.
/// From the first on the process is known to export that signal. Must come before the sinks that leave it out.
/// </summary>
internal sealed class SeenExports(ILogger<SeenExports> log) : ISpanSink
{
    /// <inheritdoc/>
    public void Write(Span span, in SpanContext context)
    {
        if (span.Kind != SpanKind.Client || span.Status == SpanStatus.Error) return;
        Signals seen = SignalOf(span);
        TracedProcess process = context.Process;
        if ((seen & ~process.OwnSignals) == Signals.None) return;
        process.OwnSignals |= seen;
        log.LogInformation("{Line}", process.OwnSignalsLine(new OwnSignals(seen, "it was seen to")));
    }

    /// <inheritdoc/>
    public void Flush() { }

    private static Signals SignalOf(Span span)
    {
        if (span.TryGet(Attributes.RpcMethod, out SpanAttribute method)) return SignalOf(method.Text);
        return span.TryGet(Attributes.UrlFull, out SpanAttribute url) ? SignalOf(WithoutQuery(url.Text)) : Signals.None;
    }

    /// <summary>The signal that a call of this path or method exports: OTLP 1.0, "OTLP/HTTP Request" and the services' names.</summary>
    internal static Signals SignalOf(ReadOnlySpan<byte> path) =>
        path.EndsWith("/v1/traces"u8) || path.EndsWith("opentelemetry.proto.collector.trace.v1.TraceService/Export"u8) ? Signals.Traces
        : path.EndsWith("/v1/metrics"u8) || path.EndsWith("opentelemetry.proto.collector.metrics.v1.MetricsService/Export"u8) ? Signals.Metrics
        : Signals.None;

    private static ReadOnlySpan<byte> WithoutQuery(ReadOnlySpan<byte> url) => url[..(url.IndexOf((byte)'?') is >= 0 and int query ? query : url.Length)];
}

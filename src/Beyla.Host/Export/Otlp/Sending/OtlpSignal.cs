using Beyla.Host.Export.Otlp.Wire;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>What differs between the signals on the wire.</summary>
/// <param name="Name">For messages: <c>traces</c>.</param>
/// <param name="Items">For messages: <c>spans</c>.</param>
/// <param name="GrpcMethod">Path of the gRPC method.</param>
/// <param name="Request">The request's messages, for JSON.</param>
/// <param name="RejectedField">The field of the JSON answer that tells how many items were rejected.</param>
internal sealed record OtlpSignal(string Name, string Items, string GrpcMethod, MessageSchema Request, string RejectedField)
{
    /// <summary>Path of the signal at a default endpoint: <c>v1/traces</c>.</summary>
    public string Path => $"v1/{Name}";

    /// <summary>trace_service.proto</summary>
    public static OtlpSignal Traces { get; } = new(
        "traces", "spans", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", OtlpSchemas.Traces, "rejectedSpans");

    /// <summary>metrics_service.proto</summary>
    public static OtlpSignal Metrics { get; } = new(
        "metrics", "metric points", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", OtlpSchemas.Metrics, "rejectedDataPoints");
}

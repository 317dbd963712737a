namespace Beyla.Host.Export.Otlp.Wire;

/// <summary>The messages of opentelemetry-proto that we write (common.proto, resource.proto, trace.proto, metrics.proto).</summary>
internal static class OtlpSchemas
{
    private static readonly MessageSchema AnyValue = new(
        new(1, "stringValue", FieldKind.Text), new(2, "boolValue", FieldKind.Boolean), new(3, "intValue", FieldKind.Signed),
        new(4, "doubleValue", FieldKind.Double), new(5, "arrayValue", FieldKind.Message, Message: () => ArrayValue!));

    private static readonly MessageSchema ArrayValue = new(List(1, "values", AnyValue));

    /// <summary>common.proto, KeyValue</summary>
    public static MessageSchema KeyValue { get; } = new(new(1, "key", FieldKind.Text), One(2, "value", AnyValue));

    /// <summary>common.proto, InstrumentationScope</summary>
    public static MessageSchema Scope { get; } = new(new(1, "name", FieldKind.Text), new(2, "version", FieldKind.Text));

    /// <summary>resource.proto, Resource</summary>
    public static MessageSchema Resource { get; } = new(List(1, "attributes", KeyValue));

    private static readonly MessageSchema Status = new(new(2, "message", FieldKind.Text), new(3, "code", FieldKind.Small));

    private static readonly MessageSchema Span = new(
        new(1, "traceId", FieldKind.Id), new(2, "spanId", FieldKind.Id), new(4, "parentSpanId", FieldKind.Id), new(5, "name", FieldKind.Text),
        new(6, "kind", FieldKind.Small), new(7, "startTimeUnixNano", FieldKind.Unsigned), new(8, "endTimeUnixNano", FieldKind.Unsigned),
        List(9, "attributes", KeyValue), new(10, "droppedAttributesCount", FieldKind.Small), One(15, "status", Status),
        new(16, "flags", FieldKind.Small));

    private static readonly MessageSchema ScopeSpans = new(One(1, "scope", Scope), List(2, "spans", Span));

    private static readonly MessageSchema ResourceSpans = new(One(1, "resource", Resource), List(2, "scopeSpans", ScopeSpans));

    /// <summary>trace_service.proto, ExportTraceServiceRequest</summary>
    public static MessageSchema Traces { get; } = new(List(1, "resourceSpans", ResourceSpans));

    private static readonly MessageSchema Exemplar = new(
        new(2, "timeUnixNano", FieldKind.Unsigned), new(3, "asDouble", FieldKind.Double), new(4, "spanId", FieldKind.Id), new(5, "traceId", FieldKind.Id));

    private static readonly MessageSchema NumberPoint = new(
        List(7, "attributes", KeyValue), new(2, "startTimeUnixNano", FieldKind.Unsigned), new(3, "timeUnixNano", FieldKind.Unsigned), new(6, "asInt", FieldKind.Signed));

    private static readonly MessageSchema HistogramPoint = new(
        List(9, "attributes", KeyValue), new(2, "startTimeUnixNano", FieldKind.Unsigned), new(3, "timeUnixNano", FieldKind.Unsigned),
        new(4, "count", FieldKind.Unsigned), new(5, "sum", FieldKind.Double), new(6, "bucketCounts", FieldKind.Unsigned, Repeated: true),
        new(7, "explicitBounds", FieldKind.Double, Repeated: true), List(8, "exemplars", Exemplar), new(11, "min", FieldKind.Double), new(12, "max", FieldKind.Double));

    private static readonly MessageSchema Buckets = new(new(1, "offset", FieldKind.ZigZag), new(2, "bucketCounts", FieldKind.UnsignedVarint, Repeated: true));

    private static readonly MessageSchema ExponentialPoint = new(
        List(1, "attributes", KeyValue), new(2, "startTimeUnixNano", FieldKind.Unsigned), new(3, "timeUnixNano", FieldKind.Unsigned),
        new(4, "count", FieldKind.Unsigned), new(5, "sum", FieldKind.Double), new(6, "scale", FieldKind.ZigZag), new(7, "zeroCount", FieldKind.Unsigned),
        One(8, "positive", Buckets), List(11, "exemplars", Exemplar), new(12, "min", FieldKind.Double), new(13, "max", FieldKind.Double));

    private static readonly MessageSchema Sum = new(
        List(1, "dataPoints", NumberPoint), new(2, "aggregationTemporality", FieldKind.Small), new(3, "isMonotonic", FieldKind.Boolean));

    private static readonly MessageSchema Histogram = new(List(1, "dataPoints", HistogramPoint), new(2, "aggregationTemporality", FieldKind.Small));

    private static readonly MessageSchema ExponentialHistogram = new(List(1, "dataPoints", ExponentialPoint), new(2, "aggregationTemporality", FieldKind.Small));

    private static readonly MessageSchema Metric = new(
        new(1, "name", FieldKind.Text), new(2, "description", FieldKind.Text), new(3, "unit", FieldKind.Text), One(7, "sum", Sum),
        One(9, "histogram", Histogram), One(10, "exponentialHistogram", ExponentialHistogram));

    private static readonly MessageSchema ScopeMetrics = new(One(1, "scope", Scope), List(2, "metrics", Metric));

    private static readonly MessageSchema ResourceMetrics = new(One(1, "resource", Resource), List(2, "scopeMetrics", ScopeMetrics));

    /// <summary>metrics_service.proto, ExportMetricsServiceRequest</summary>
    public static MessageSchema Metrics { get; } = new(List(1, "resourceMetrics", ResourceMetrics));

    /// <summary>A nested message.</summary>
    public static FieldSchema One(int number, string name, MessageSchema message) => new(number, name, FieldKind.Message, Message: () => message);

    /// <summary>A list of nested messages.</summary>
    public static FieldSchema List(int number, string name, MessageSchema message) =>
        new(number, name, FieldKind.Message, Repeated: true, Message: () => message);
}

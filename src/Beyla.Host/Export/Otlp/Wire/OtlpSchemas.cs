namespace Beyla.Host.Export.Otlp.Wire;

/// <summary>The messages of opentelemetry-proto that we write (common.proto, resource.proto, trace.proto).</summary>
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

    /// <summary>A nested message.</summary>
    public static FieldSchema One(int number, string name, MessageSchema message) => new(number, name, FieldKind.Message, Message: () => message);

    /// <summary>A list of nested messages.</summary>
    public static FieldSchema List(int number, string name, MessageSchema message) =>
        new(number, name, FieldKind.Message, Repeated: true, Message: () => message);
}

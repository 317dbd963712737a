using System.Globalization;
using System.Text.Json;

namespace EndToEnd.Harness;

/// <summary>One line of <c>--trace-printer json</c>.</summary>
internal sealed record SpanRecord(
    string TraceId, string SpanId, string ParentSpanId, string Name, string Kind, ulong Start, ulong End, string StatusCode, string StatusMessage,
    JsonElement Attributes, JsonElement Resource, string Tracer)
{
    /// <summary>Reads a line; fails the test that gets a malformed one.</summary>
    public static SpanRecord Parse(string line)
    {
        JsonElement span = JsonDocument.Parse(line).RootElement;
        JsonElement status = span.GetProperty("status");
        return new SpanRecord(
            Text(span, "traceId"), Text(span, "spanId"), Text(span, "parentSpanId"), Text(span, "name"), Text(span, "kind"),
            Time(span, "startTimeUnixNano"), Time(span, "endTimeUnixNano"), Text(status, "code"), Text(status, "message"),
            span.GetProperty("attributes"), span.GetProperty("resource"), Text(span, "tracer"));
    }

    /// <summary>The process it happened in.</summary>
    public int ProcessId => Resource.GetProperty("process.pid").GetInt32();

    /// <summary>A text attribute, null when it is not set; fails when it is set but not a text.</summary>
    public string? TextOf(string attribute) => Attributes.TryGetProperty(attribute, out JsonElement value) ? value.GetString() : null;

    /// <summary>An integer attribute, null when it is not set; fails when it is set but not a number.</summary>
    public long? NumberOf(string attribute) => Attributes.TryGetProperty(attribute, out JsonElement value) ? value.GetInt64() : null;

    private static string Text(JsonElement of, string name) =>
        !of.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? ""
        : value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // OTLP's JSON writes 64-bit integers as strings.
    private static ulong Time(JsonElement span, string name) => ulong.Parse(Text(span, name), CultureInfo.InvariantCulture);
}

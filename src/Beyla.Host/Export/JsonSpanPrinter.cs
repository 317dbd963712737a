using System.Text.Encodings.Web;
using System.Text.Json;
using Beyla.Host.Spans;

namespace Beyla.Host.Export;

/// <summary>One JSON object a line (<c>--trace-printer json</c>); the schema is fixed in docs/formats.md.</summary>
internal sealed class JsonSpanPrinter : ISpanSink, IDisposable
{
    private static readonly JsonEncodedText[] Kinds = [.. new[] { "unspecified", "internal", "server", "client", "producer", "consumer" }.Select(k => JsonEncodedText.Encode(k))];
    private static readonly JsonEncodedText[] Codes = [.. new[] { "unset", "ok", "error" }.Select(c => JsonEncodedText.Encode(c))];
    private readonly LineOutput _output;
    private readonly Utf8JsonWriter _json;

    public JsonSpanPrinter(Stream stream)
    {
        _output = new LineOutput(stream);
        // Readable paths matter more than safety inside HTML; text of the target may be invalid UTF-8, so it is checked in Text().
        _json = new Utf8JsonWriter(_output.Buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    public void Write(Span span, in SpanContext context)
    {
        _json.Reset();
        _json.WriteStartObject();
        Span<byte> hex = stackalloc byte[32];
        span.TraceId.Format(hex);
        _json.WriteString("traceId"u8, hex);
        span.SpanId.Format(hex);
        _json.WriteString("spanId"u8, hex[..16]);
        span.ParentId.Format(hex);
        _json.WriteString("parentSpanId"u8, span.ParentId.IsEmpty ? default : hex[..16]);
        Text("name"u8, span.Name);
        _json.WriteString("kind"u8, Kinds[(int)span.Kind]);
        _json.WriteNumber("startTimeUnixNano"u8, (long)span.StartTime + context.WallOffset);
        _json.WriteNumber("endTimeUnixNano"u8, (long)span.EndTime + context.WallOffset);
        WriteStatus(span);
        WriteAttributes(span);
        WriteResource(context.Process);
        _json.WriteString("tracer"u8, context.Tracer);
        _json.WriteEndObject();
        _json.Flush();
        _output.EndLine();
    }

    public void Flush() => _output.Flush();

    public void Dispose() => _json.Dispose();

    private void WriteStatus(Span span)
    {
        _json.WriteStartObject("status"u8);
        _json.WriteString("code"u8, Codes[(int)span.Status]);
        if (!span.StatusMessage.IsEmpty) Text("message"u8, span.StatusMessage);
        _json.WriteEndObject();
    }

    private void WriteAttributes(Span span)
    {
        _json.WriteStartObject("attributes"u8);
        for (int i = 0; i < span.AttributeCount; i++)
        {
            SpanAttribute a = span.AttributeAt(i);
            switch (a.Type)
            {
                case AttributeType.Integer: _json.WriteNumber(a.Key.Utf8, a.Integer); break;
                case AttributeType.Double: _json.WriteNumber(a.Key.Utf8, a.Double); break;
                case AttributeType.Boolean: _json.WriteBoolean(a.Key.Utf8, a.Boolean); break;
                case AttributeType.Texts: Texts(a); break;
                default: Text(a.Key.Utf8, a.Text); break;
            }
        }
        _json.WriteEndObject();
    }

    private void Texts(SpanAttribute list)
    {
        _json.WriteStartArray(list.Key.Utf8);
        foreach (ReadOnlySpan<byte> text in list.Texts)
        {
            if (System.Text.Unicode.Utf8.IsValid(text)) _json.WriteStringValue(text);
            else _json.WriteStringValue(System.Text.Encoding.UTF8.GetString(text));
        }
        _json.WriteEndArray();
    }

    private void WriteResource(TracedProcess process)
    {
        _json.WriteStartObject("resource"u8);
        _json.WriteString("service.name"u8, process.Service.Name);
        if (process.Service.Namespace is { } ns) _json.WriteString("service.namespace"u8, ns);
        _json.WriteNumber("process.pid"u8, process.Info.Pid);
        _json.WriteString("process.executable.path"u8, process.Info.ExecutablePath);
        _json.WriteString("telemetry.sdk.language"u8, process.Language);
        foreach ((string key, string value) in process.Attributes) _json.WriteString(key, value);
        _json.WriteEndObject();
    }

    /// <summary>Text of a target is bytes, cut anywhere: what is not UTF-8 becomes U+FFFD.</summary>
    private void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        if (System.Text.Unicode.Utf8.IsValid(utf8)) _json.WriteString(name, utf8);
        else _json.WriteString(name, System.Text.Encoding.UTF8.GetString(utf8));
    }
}

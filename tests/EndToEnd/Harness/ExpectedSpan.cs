using System.Text.Encodings.Web;
using System.Text.Json;

namespace EndToEnd.Harness;

/// <summary>What a test expects of one span: kind, HTTP method, target and status, and any further attributes.</summary>
/// <param name="Kind"><c>server</c> or <c>client</c>.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Target">The path of a server span, the full URL of a client span.</param>
/// <param name="Status">Status code; null when there must be none.</param>
internal sealed record ExpectedSpan(string Kind, string Method, string Target, int? Status)
{
    private static readonly JsonSerializerOptions s_asPrinted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Further attributes, by name; a null value means that it must be absent.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; init; } = new Dictionary<string, object?>();

    /// <summary>The span's status code: <c>unset</c>, <c>ok</c> or <c>error</c>, derived from the semantic conventions.</summary>
    public bool Failed { get; init; } = Status is null or >= 500 || (Kind == "client" && Status >= 400);

    /// <summary>A server span.</summary>
    public static ExpectedSpan Server(string method, string path, int status) => new("server", method, path, status);

    /// <summary>A client span; no status: the request failed before there was a response.</summary>
    public static ExpectedSpan Client(string method, string url, int? status) => new("client", method, url, status);

    /// <summary>The same with one more attribute.</summary>
    public ExpectedSpan With(string attribute, object? value) =>
        this with { Attributes = new Dictionary<string, object?>(Attributes) { [attribute] = value } };

    /// <summary>The same without an expectation on one attribute.</summary>
    public ExpectedSpan Without(string attribute) =>
        this with { Attributes = Attributes.Where(a => a.Key != attribute).ToDictionary(a => a.Key, a => a.Value) };

    /// <summary>Says what is wrong with the span, or nothing when it is the expected one. The first line compares what identifies it.</summary>
    public IEnumerable<string> DifferencesTo(SpanRecord span)
    {
        if (Key != KeyOf(span)) yield return $"{Key} ≠ {KeyOf(span)}";
        if (Failed != (span.StatusCode == "error")) yield return $"status is {span.StatusCode}, expected {(Failed ? "error" : "not error")}";
        foreach ((string name, object? value) in Attributes)
        {
            string expected = value is null ? "nothing" : JsonSerializer.Serialize(value, s_asPrinted);
            string actual = span.Attributes.TryGetProperty(name, out JsonElement element) ? element.GetRawText() : "nothing";
            if (expected != actual) yield return $"{name} is {actual}, expected {expected}";
        }
    }

    /// <summary>What identifies the span among the others of a test.</summary>
    public string Key => $"{Kind} {Method} {Target} {Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}";

    /// <summary>The same of a real span. Whether a client's URL keeps its query is no business of these tests.</summary>
    public static string KeyOf(SpanRecord span) =>
        $"{span.Kind} {span.TextOf("http.request.method")} {(span.Kind == "client" ? span.TextOf("url.full")?.Split('?')[0] : span.TextOf("url.path"))} "
        + (span.NumberOf("http.response.status_code")?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-");
}

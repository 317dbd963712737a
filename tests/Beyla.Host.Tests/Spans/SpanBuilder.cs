using System.Text;

namespace Beyla.Host.Tests.Spans;

/// <summary>Spans as tracers make them, in one line.</summary>
internal static class SpanBuilder
{
    /// <summary>A span that is not handed to anybody.</summary>
    public static Span Empty(SpanKind kind = SpanKind.Server, EventFlags flags = EventFlags.None, TraceId trace = default, uint process = 1) =>
        new Span(_ => { }).Reset(
            kind, kind == SpanKind.Client ? SpanFamilies.HttpClient : SpanFamilies.HttpServer,
            new EventHeader { Process = process, Start = 1_000, End = 2_000, Flags = flags, TraceId = trace });

    /// <summary>A served request.</summary>
    public static Span Served(string path, string method = "GET") => Empty()
        .SetName(Utf8(method)).Set(Attributes.HttpRequestMethod, Utf8(method)).Set(Attributes.UrlPath, Utf8(path)).Set(Attributes.HttpResponseStatusCode, 200);

    /// <summary>A call.</summary>
    public static Span Called(string url, string method = "GET") => Empty(SpanKind.Client)
        .SetName(Utf8(method)).Set(Attributes.HttpRequestMethod, Utf8(method)).Set(Attributes.UrlFull, Utf8(url)).Set(Attributes.HttpResponseStatusCode, 200);

    /// <summary>A text attribute; null when it is absent.</summary>
    public static string? TextOf(this Span span, AttributeKey key) => span.TryGet(key, out SpanAttribute attribute) ? Encoding.UTF8.GetString(attribute.Text) : null;

    /// <summary>The name.</summary>
    public static string NameOf(this Span span) => Encoding.UTF8.GetString(span.Name);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

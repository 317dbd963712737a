using System.Collections.Immutable;

namespace Beyla;

/// <summary>The span families of the semantic conventions that first-party tracers use.</summary>
public static class SpanFamilies
{
    private static readonly ImmutableArray<double> RequestSeconds =
        [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>No convention names boundaries for sizes; these are Beyla's.</summary>
    private static readonly ImmutableArray<double> BodyBytes = [0, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

    private static readonly ImmutableArray<AttributeKey> HttpServerAttributes =
    [
        Attributes.HttpRequestMethod, Attributes.UrlScheme, Attributes.ErrorType, Attributes.HttpResponseStatusCode,
        Attributes.HttpRoute, Attributes.NetworkProtocolVersion,
    ];

    private static readonly ImmutableArray<AttributeKey> HttpClientAttributes =
    [
        Attributes.HttpRequestMethod, Attributes.ServerAddress, Attributes.ServerPort, Attributes.ErrorType,
        Attributes.HttpResponseStatusCode, Attributes.NetworkProtocolVersion,
    ];

    /// <summary>Spans that feed no metric.</summary>
    public static SpanFamily None { get; } = new("none", null);

    /// <summary>HTTP server requests (semantic conventions, HTTP metrics: <c>http.server.request.duration</c> and sizes of bodies).</summary>
    public static SpanFamily HttpServer { get; } = new(
        "http.server",
        new DurationMetric("http.server.request.duration", "Duration of HTTP server requests.", RequestSeconds, HttpServerAttributes))
    {
        Values =
        [
            new ValueMetric(
                "http.server.request.body.size", "Size of HTTP server request bodies.", "By", Attributes.HttpRequestBodySize, BodyBytes, HttpServerAttributes),
            new ValueMetric(
                "http.server.response.body.size", "Size of HTTP server response bodies.", "By", Attributes.HttpResponseBodySize, BodyBytes, HttpServerAttributes),
        ],
    };

    /// <summary>HTTP client requests (semantic conventions, HTTP metrics: <c>http.client.request.duration</c> and sizes of bodies).</summary>
    public static SpanFamily HttpClient { get; } = new(
        "http.client",
        new DurationMetric("http.client.request.duration", "Duration of HTTP client requests.", RequestSeconds, HttpClientAttributes))
    {
        Values =
        [
            new ValueMetric(
                "http.client.request.body.size", "Size of HTTP client request bodies.", "By", Attributes.HttpRequestBodySize, BodyBytes, HttpClientAttributes),
            new ValueMetric(
                "http.client.response.body.size", "Size of HTTP client response bodies.", "By", Attributes.HttpResponseBodySize, BodyBytes, HttpClientAttributes),
        ],
    };

    /// <summary>Served RPCs (semantic conventions, RPC metrics: <c>rpc.server.call.duration</c>).</summary>
    public static SpanFamily RpcServer { get; } = new("rpc.server", new DurationMetric(
        "rpc.server.call.duration",
        "Duration of inbound remote procedure calls.",
        RequestSeconds,
        [Attributes.RpcSystemName, Attributes.RpcMethod, Attributes.RpcResponseStatusCode, Attributes.ErrorType]));

    /// <summary>RPCs of a client (semantic conventions, RPC metrics: <c>rpc.client.call.duration</c>).</summary>
    public static SpanFamily RpcClient { get; } = new("rpc.client", new DurationMetric(
        "rpc.client.call.duration",
        "Duration of outbound remote procedure calls.",
        RequestSeconds,
        [
            Attributes.RpcSystemName, Attributes.RpcMethod, Attributes.RpcResponseStatusCode, Attributes.ErrorType,
            Attributes.ServerAddress, Attributes.ServerPort,
        ]));

    /// <summary>Database calls of a client (semantic conventions, database metrics: <c>db.client.operation.duration</c>).</summary>
    public static SpanFamily DbClient { get; } = new("db.client", new DurationMetric(
        "db.client.operation.duration",
        "Duration of database client operations.",
        [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
        [
            Attributes.DbSystemName, Attributes.DbNamespace, Attributes.DbOperationName, Attributes.DbCollectionName,
            Attributes.DbResponseStatusCode, Attributes.ErrorType, Attributes.ServerAddress, Attributes.ServerPort,
        ]));
}

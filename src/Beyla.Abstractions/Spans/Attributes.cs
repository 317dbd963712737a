namespace Beyla;

/// <summary>Attribute names of the OpenTelemetry semantic conventions (1.44) that the host or more than one tracer uses, and those of HTTP, RPC and databases.</summary>
public static class Attributes
{
    /// <summary><c>error.type</c></summary>
    public static readonly AttributeKey ErrorType = new("error.type");

    /// <summary><c>client.address</c></summary>
    public static readonly AttributeKey ClientAddress = new("client.address");

    /// <summary><c>client.port</c></summary>
    public static readonly AttributeKey ClientPort = new("client.port");

    /// <summary><c>server.address</c></summary>
    public static readonly AttributeKey ServerAddress = new("server.address");

    /// <summary><c>server.port</c></summary>
    public static readonly AttributeKey ServerPort = new("server.port");

    /// <summary><c>network.peer.address</c></summary>
    public static readonly AttributeKey NetworkPeerAddress = new("network.peer.address");

    /// <summary><c>network.peer.port</c></summary>
    public static readonly AttributeKey NetworkPeerPort = new("network.peer.port");

    /// <summary><c>network.protocol.version</c></summary>
    public static readonly AttributeKey NetworkProtocolVersion = new("network.protocol.version");

    /// <summary><c>http.request.method</c></summary>
    public static readonly AttributeKey HttpRequestMethod = new("http.request.method");

    /// <summary><c>http.request.method_original</c></summary>
    public static readonly AttributeKey HttpRequestMethodOriginal = new("http.request.method_original");

    /// <summary><c>http.request.body.size</c>, bytes</summary>
    public static readonly AttributeKey HttpRequestBodySize = new("http.request.body.size");

    /// <summary><c>http.response.body.size</c>, bytes</summary>
    public static readonly AttributeKey HttpResponseBodySize = new("http.response.body.size");

    /// <summary><c>http.response.status_code</c></summary>
    public static readonly AttributeKey HttpResponseStatusCode = new("http.response.status_code");

    /// <summary><c>http.route</c></summary>
    public static readonly AttributeKey HttpRoute = new("http.route");

    /// <summary><c>url.path</c></summary>
    public static readonly AttributeKey UrlPath = new("url.path");

    /// <summary><c>url.query</c>, without <c>?</c>; the host removes it unless its setting <c>http.query</c> says otherwise</summary>
    public static readonly AttributeKey UrlQuery = new("url.query");

    /// <summary><c>url.scheme</c></summary>
    public static readonly AttributeKey UrlScheme = new("url.scheme");

    /// <summary><c>url.full</c></summary>
    public static readonly AttributeKey UrlFull = new("url.full");

    /// <summary><c>url.template</c>: the path of a client's request with placeholders</summary>
    public static readonly AttributeKey UrlTemplate = new("url.template");

    /// <summary><c>rpc.system.name</c></summary>
    public static readonly AttributeKey RpcSystemName = new("rpc.system.name");

    /// <summary><c>rpc.method</c>, fully qualified: <c>package.Service/Method</c></summary>
    public static readonly AttributeKey RpcMethod = new("rpc.method");

    /// <summary><c>rpc.response.status_code</c>, a word like <c>DEADLINE_EXCEEDED</c></summary>
    public static readonly AttributeKey RpcResponseStatusCode = new("rpc.response.status_code");

    /// <summary><c>db.system.name</c></summary>
    public static readonly AttributeKey DbSystemName = new("db.system.name");

    /// <summary><c>db.namespace</c></summary>
    public static readonly AttributeKey DbNamespace = new("db.namespace");

    /// <summary><c>db.operation.name</c></summary>
    public static readonly AttributeKey DbOperationName = new("db.operation.name");

    /// <summary><c>db.operation.batch.size</c></summary>
    public static readonly AttributeKey DbOperationBatchSize = new("db.operation.batch.size");

    /// <summary><c>db.collection.name</c></summary>
    public static readonly AttributeKey DbCollectionName = new("db.collection.name");

    /// <summary><c>db.query.summary</c></summary>
    public static readonly AttributeKey DbQuerySummary = new("db.query.summary");

    /// <summary><c>db.query.text</c>, without literals</summary>
    public static readonly AttributeKey DbQueryText = new("db.query.text");

    /// <summary><c>db.response.status_code</c></summary>
    public static readonly AttributeKey DbResponseStatusCode = new("db.response.status_code");
}

namespace Beyla.HttpWire;

/// <summary>
/// One request and its answer as they were seen on a connection, whatever their version: what <see cref="HttpServerSpan"/> and
/// <see cref="HttpClientSpan"/> make spans of. A view: it lives as long as the bytes it was read from.
/// </summary>
public ref struct HttpExchange
{
    /// <summary>An exchange of which nothing is known.</summary>
    public HttpExchange()
    {
    }

    /// <summary>The method; empty when it is not known (HTTP/2 joined midway).</summary>
    public ReadOnlySpan<byte> Method { get; set; }

    /// <summary>The request target, or HTTP/2's <c>:path</c>; <c>*</c> when it is not known.</summary>
    public ReadOnlySpan<byte> Target { get; set; }

    /// <summary>The Host field or <c>:authority</c>; empty when there is none.</summary>
    public ReadOnlySpan<byte> Host { get; set; }

    /// <summary>First number of the version; 0 when it is not known.</summary>
    public byte Major { get; set; }

    /// <summary>Second number of the version.</summary>
    public byte Minor { get; set; }

    /// <summary>0: no answer, or one whose status is not known.</summary>
    public int Status { get; set; }

    /// <summary>Bytes of the request's body; -1 when not known.</summary>
    public long RequestBodySize { get; set; } = -1;

    /// <summary>Bytes of the response's body; -1 when not known.</summary>
    public long ResponseBodySize { get; set; } = -1;

    /// <summary>The connection is encrypted.</summary>
    public bool Tls { get; set; }

    /// <summary>The process' own end of the connection.</summary>
    public Endpoint Local { get; set; }

    /// <summary>The other end.</summary>
    public Endpoint Peer { get; set; }

    /// <summary>The <c>error.type</c> of an exchange that broke off: <see cref="ExchangeErrors"/>. Empty: it did not.</summary>
    public ReadOnlySpan<byte> Error { get; set; }

    /// <summary>The trace that the request belongs to.</summary>
    public TraceFields Trace { get; set; }

    /// <summary>What of <see cref="Trace"/> counts.</summary>
    public Propagators Propagators { get; set; } = Propagators.W3C;

    /// <summary>
    /// Fills in what two HTTP/1 heads say. Sizes of bodies are those that were announced, or what was counted on the wire; those of chunked bodies
    /// are not known, because the count includes the framing.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The final answer; <see langword="default"/> when there was none.</param>
    /// <param name="requestBytes">Bytes of the whole request on the wire; -1 when not known.</param>
    /// <param name="responseBytes">Bytes of the whole answer on the wire, from its final head on; -1 when not known.</param>
    public static HttpExchange Of(in RequestHead request, in ResponseHead response, long requestBytes = -1, long responseBytes = -1) => new()
    {
        Method = request.Method,
        Target = request.Target,
        Host = request.Fields.Host,
        Major = request.Major,
        Minor = request.Minor,
        Trace = request.Fields.Trace,
        Status = response.Status,
        RequestBodySize = Size(BodyFraming.Of(request), request.Length, requestBytes),
        ResponseBodySize = response.Status == 0 ? -1 : Size(BodyFraming.Of(response, request.Method), response.Length, responseBytes),
    };

    private static long Size(BodyFraming body, int head, long whole) => body.End switch
    {
        BodyEnd.Length => body.Length,
        BodyEnd.Close when head > 0 && whole >= head => whole - head,
        _ => -1,
    };
}

using System.Runtime.CompilerServices;

namespace Beyla.HttpWire;

/// <summary>From a record of an HTTP/1 exchange to its span.</summary>
internal static class ExchangeDecoder
{
    /// <summary>Writes the span; counts what turns out to be no HTTP/1 request.</summary>
    public static void Decode(in BpfEvent e, ISpanWriter spans)
    {
        ref readonly HttpExchangeEvent told = ref e.Payload<HttpExchangeEvent>();
        ReadOnlySpan<byte> bytes = e.Record[Unsafe.SizeOf<HttpExchangeEvent>()..];
        if (told.RequestLength > bytes.Length || !RequestHead.TryParse(bytes[..told.RequestLength], out RequestHead request))
        {
            spans.Drop("not-http");
            return;
        }
        HttpExchange exchange = Read(told, request);
        if (told.Connection.Role == ConnectionRole.Client) HttpClientSpan.Write(e, exchange, spans).End();
        else HttpServerSpan.Write(e, exchange, spans).End();
    }

    private static HttpExchange Read(in HttpExchangeEvent told, in RequestHead request) => new()
    {
        Method = request.Method,
        Target = request.Target,
        Host = request.Fields.Host,
        Major = request.Major,
        Minor = request.Minor,
        Trace = request.Fields.Trace,
        Status = told.Status,
        RequestBodySize = told.RequestSize,
        ResponseBodySize = told.ResponseSize,
        Tls = (told.Flags & ExchangeFlags.Tls) != 0,
        Local = told.Connection.LocalEndpoint,
        Peer = told.Connection.RemoteEndpoint,
        Error = (told.Flags & (ExchangeFlags.Unanswered | ExchangeFlags.Aborted)) != 0 ? ExchangeErrors.ConnectionClosed : default,
        Propagators = ((told.Flags & ExchangeFlags.ReadsW3C) != 0 ? Propagators.W3C : 0) | ((told.Flags & ExchangeFlags.ReadsB3) != 0 ? Propagators.B3 : 0),
    };
}

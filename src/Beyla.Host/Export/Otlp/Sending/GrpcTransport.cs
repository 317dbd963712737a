using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Beyla.Host.Configuration;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>OTLP/gRPC: a unary call over HTTP/2 (grpc/doc/PROTOCOL-HTTP2.md; specification: OTLP, OTLP/gRPC).</summary>
internal sealed class GrpcTransport(OtlpSignal signal, OtlpEndpoint endpoint, OtlpOptions options, TimeProvider time)
    : OtlpTransport(signal, endpoint, options, time)
{
    /// <summary>Each message begins with a flag, compressed or not, and its length, big-endian.</summary>
    private const int Prefix = 5;

    private enum Code
    {
        Ok = 0,
        Cancelled = 1,
        Unknown = 2,
        DeadlineExceeded = 4,
        PermissionDenied = 7,
        ResourceExhausted = 8,
        Aborted = 10,
        OutOfRange = 11,
        Unimplemented = 12,
        Internal = 13,
        Unavailable = 14,
        DataLoss = 15,
        Unauthenticated = 16,
    }

    protected override Uri RequestUri { get; } = new(endpoint.Uri, signal.GrpcMethod);

    protected override void WriteBody(ReadOnlySpan<byte> request, MemoryStream body)
    {
        body.SetLength(Prefix);
        body.Position = Prefix;
        Compress(request, body);
        Span<byte> prefix = body.GetBuffer().AsSpan(0, Prefix);
        prefix[0] = Gzip ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], (int)body.Length - Prefix);
    }

    protected override void Prepare(HttpRequestMessage message)
    {
        message.Version = HttpVersion.Version20;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        message.Content!.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        message.Headers.TryAddWithoutValidation("TE", "trailers");
        message.Headers.TryAddWithoutValidation("grpc-timeout", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)Timeout.TotalMilliseconds)}m"));
        if (Gzip) message.Headers.TryAddWithoutValidation("grpc-encoding", "gzip");
    }

    protected override async Task<ExportOutcome> ReadAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        // Trailers come after the body; a call that fails at once has them in the headers.
        byte[] body = await ReadBodyAsync(answer, stop).ConfigureAwait(false);
        HttpHeaders trailers = Has(answer.Headers, "grpc-status") ? answer.Headers : answer.TrailingHeaders;
        Code code = int.TryParse(Value(trailers, "grpc-status"), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? (Code)number : FromHttp(answer.StatusCode);
        if (code == Code.Ok) return PartialSuccess.FromProtobuf(Message(body));

        RpcStatus details = RpcStatus.Read(Binary(Value(trailers, "grpc-status-details-bin")));
        string message = Uri.UnescapeDataString(Value(trailers, "grpc-message"));
        string reason = answer.StatusCode == HttpStatusCode.OK
            ? $"gRPC {code}{(message.Length > 0 ? ": " : "")}{message}" : Text(answer.StatusCode, answer.ReasonPhrase);
        return IsRetryable(code, details) ? ExportOutcome.Retry(reason, details.RetryDelay) : ExportOutcome.Refused(reason);
    }

    /// <summary>The table of the OTLP specification: a server without resources must say when it will have some again.</summary>
    private static bool IsRetryable(Code code, in RpcStatus details) => code switch
    {
        Code.Cancelled or Code.DeadlineExceeded or Code.Aborted or Code.OutOfRange or Code.Unavailable or Code.DataLoss => true,
        Code.ResourceExhausted => details.RetryDelay is not null,
        _ => false,
    };

    /// <summary>An answer of something that is no gRPC server (grpc/doc/http-grpc-status-mapping.md).</summary>
    private static Code FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => Code.Internal,
        HttpStatusCode.Unauthorized => Code.Unauthenticated,
        HttpStatusCode.Forbidden => Code.PermissionDenied,
        HttpStatusCode.NotFound => Code.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => Code.Unavailable,
        _ => Code.Unknown,
    };

    /// <summary>The one message of the body; empty when there is none, or one that we did not offer to understand.</summary>
    private static ReadOnlySpan<byte> Message(ReadOnlySpan<byte> body) =>
        body.Length >= Prefix && body[0] == 0 && BinaryPrimitives.ReadUInt32BigEndian(body[1..]) is var length && length <= (uint)(body.Length - Prefix)
            ? body.Slice(Prefix, (int)length) : default;

    private static bool Has(HttpHeaders headers, string name) => headers.NonValidated.Contains(name);

    private static string Value(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : "";

    /// <summary>Binary headers come with or without padding.</summary>
    private static byte[] Binary(string text)
    {
        string padded = text.TrimEnd('=');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        return Base64.IsValid(padded) ? Convert.FromBase64String(padded) : [];
    }
}

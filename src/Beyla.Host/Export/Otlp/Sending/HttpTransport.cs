using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Beyla.Host.Configuration;
using Beyla.Host.Export.Otlp.Wire;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>OTLP/HTTP, binary and JSON (specification: OTLP, OTLP/HTTP).</summary>
internal sealed class HttpTransport(OtlpSignal signal, OtlpEndpoint endpoint, OtlpOptions options, TimeProvider time)
    : OtlpTransport(signal, endpoint, options, time)
{
    private readonly ArrayBufferWriter<byte>? _json = endpoint.Protocol == OtlpProtocol.HttpJson ? new(64 * 1024) : null;

    protected override Uri RequestUri => Endpoint.Uri;

    protected override void WriteBody(ReadOnlySpan<byte> request, MemoryStream body)
    {
        if (_json is null)
        {
            Compress(request, body);
            return;
        }
        _json.ResetWrittenCount();
        JsonTranscoder.Write(request, Signal.Request, _json);
        Compress(_json.WrittenSpan, body);
    }

    protected override void Prepare(HttpRequestMessage message)
    {
        message.Content!.Headers.TryAddWithoutValidation("Content-Type", _json is null ? "application/x-protobuf" : "application/json");
        if (Gzip) message.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
    }

    protected override async Task<ExportOutcome> ReadAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        if (answer.IsSuccessStatusCode) return Taken(await TryReadBodyAsync(answer, stop).ConfigureAwait(false));
        string reason = Text(answer.StatusCode, answer.ReasonPhrase);
        if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            return ExportOutcome.Retry(reason, RetryAfter(answer));
        string message = StatusMessage(await TryReadBodyAsync(answer, stop).ConfigureAwait(false));
        return ExportOutcome.Refused(message.Length == 0 ? reason : $"{reason}: {message}");
    }

    /// <summary>The status line has settled the matter: an answer that breaks off changes nothing.</summary>
    private static async Task<byte[]> TryReadBodyAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        try
        {
            return await ReadBodyAsync(answer, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return [];
        }
    }

    private ExportOutcome Taken(ReadOnlySpan<byte> answer) => _json is null ? PartialSuccess.FromProtobuf(answer) : PartialSuccess.FromJson(answer, Signal.RejectedField);

    /// <summary>The message of the google.rpc.Status that an error carries; empty when there is none.</summary>
    private string StatusMessage(byte[] answer) => _json is null ? RpcStatus.Read(answer).Message : JsonMessage(answer);

    private static string JsonMessage(byte[] answer)
    {
        try
        {
            using JsonDocument status = JsonDocument.Parse(answer);
            return status.RootElement.ValueKind == JsonValueKind.Object && status.RootElement.TryGetProperty("message", out JsonElement message)
                && message.ValueKind == JsonValueKind.String ? message.GetString()! : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}

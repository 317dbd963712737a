using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Beyla.Testing.Otlp;

/// <summary>What a collector may do with a request, good and bad.</summary>
internal static class Behaviours
{
    /// <summary>Takes it.</summary>
    public static Task Accept(CollectorExchange exchange) => TakeAsync(exchange, []);

    /// <summary>Takes it, but not all spans of it.</summary>
    public static Behaviour PartialSuccess(int rejected, string message) => async exchange =>
    {
        JsonObject response = new() { ["partialSuccess"] = new JsonObject { ["rejectedSpans"] = rejected.ToString(CultureInfo.InvariantCulture), ["errorMessage"] = message } };
        await TakeAsync(exchange, exchange.IsJson
            ? Encoding.UTF8.GetBytes(response.ToJsonString())
            : exchange.Oracle.Encode(OtlpOracle.TracesResponse, response));
    };

    /// <summary>Takes it and answers with something that is no answer.</summary>
    public static Task Garbage(CollectorExchange exchange) => TakeAsync(exchange, [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 2]);

    /// <summary>Answers with an HTTP status.</summary>
    public static Behaviour Status(int code, string? retryAfter = null) => async exchange =>
    {
        await exchange.ReadAsync();
        if (retryAfter is not null) exchange.Context.Response.Headers.RetryAfter = retryAfter;
        exchange.Context.Response.StatusCode = code;
    };

    /// <summary>Fails as a gRPC call.</summary>
    /// <param name="code">grpc-status.</param>
    /// <param name="message">grpc-message.</param>
    /// <param name="details">google.rpc.Status, encoded.</param>
    public static Behaviour GrpcStatus(int code, string message = "", byte[]? details = null) => async exchange =>
    {
        await exchange.ReadAsync();
        exchange.Context.Response.ContentType = "application/grpc";
        exchange.Context.Response.Headers["grpc-status"] = code.ToString(CultureInfo.InvariantCulture);
        if (message.Length > 0) exchange.Context.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
        if (details is not null) exchange.Context.Response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(details).TrimEnd('=');
    };

    /// <summary>Reads it and never answers.</summary>
    public static async Task Hang(CollectorExchange exchange)
    {
        await exchange.ReadAsync();
        await Task.Delay(Timeout.Infinite, exchange.Context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Breaks the connection before it has read everything.</summary>
    public static async Task ResetMidBody(CollectorExchange exchange)
    {
        await exchange.Context.Request.Body.ReadExactlyAsync(new byte[16]);
        exchange.Context.Abort();
    }

    /// <summary>Breaks the connection instead of answering.</summary>
    public static async Task ResetAfterBody(CollectorExchange exchange)
    {
        await exchange.ReadAsync();
        exchange.Context.Abort();
    }

    /// <summary>Says that it has it and closes the connection before the answer is complete.</summary>
    public static async Task CutAnswer(CollectorExchange exchange)
    {
        await exchange.ReadAsync();
        exchange.IsAccepted = true;
        // The server closes the connection in order; a reset could take back the status line, too.
        exchange.Context.Response.ContentLength = 1000;
        await exchange.Context.Response.Body.WriteAsync(new byte[10]);
    }

    /// <summary>Takes it, piece by piece.</summary>
    public static async Task SlowRead(CollectorExchange exchange)
    {
        using MemoryStream body = new();
        byte[] piece = new byte[512];
        for (int read; (read = await exchange.Context.Request.Body.ReadAsync(piece)) > 0;)
        {
            body.Write(piece, 0, read);
            await Task.Delay(1);
        }
        exchange.Decode(body.ToArray());
        await AnswerAsync(exchange, []);
    }

    private static async Task TakeAsync(CollectorExchange exchange, byte[] answer)
    {
        await exchange.ReadAsync();
        await AnswerAsync(exchange, answer);
    }

    private static async Task AnswerAsync(CollectorExchange exchange, byte[] answer)
    {
        HttpResponse response = exchange.Context.Response;
        exchange.IsAccepted = true;
        response.ContentType = exchange.Headers["Content-Type"];
        if (exchange.IsGrpc)
        {
            byte[] prefix = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), answer.Length);
            await response.Body.WriteAsync(prefix);
            response.AppendTrailer("grpc-status", "0");
        }
        await response.Body.WriteAsync(answer);
    }
}

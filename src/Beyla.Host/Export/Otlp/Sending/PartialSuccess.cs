using System.Globalization;
using System.Text;
using System.Text.Json;
using Beyla.Host.Export.Otlp.Wire;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>
/// Reads the answer to a request that was taken: Export…ServiceResponse, alike for all signals. What cannot be read is a success without
/// remarks, because the status says that the request was taken.
/// </summary>
internal static class PartialSuccess
{
    private const int Partial = 1; // Export…ServiceResponse
    private const int Rejected = 1, Message = 2; // Export…PartialSuccess

    /// <summary>Of a binary answer.</summary>
    public static ExportOutcome FromProtobuf(ReadOnlySpan<byte> answer)
    {
        long rejected = 0;
        string message = "";
        ProtobufReader response = new(answer);
        while (response.Next())
        {
            if (response.Field != Partial || !response.HasContent) continue;
            ProtobufReader partial = new(response.Content);
            while (partial.Next())
            {
                if (partial.Field == Rejected && !partial.HasContent) rejected = (long)partial.Number;
                if (partial.Field == Message && partial.HasContent) message = Encoding.UTF8.GetString(partial.Content);
            }
            if (partial.IsMalformed) return new ExportOutcome(ExportStatus.Delivered);
        }
        return response.IsMalformed ? new ExportOutcome(ExportStatus.Delivered) : Outcome(rejected, message);
    }

    /// <summary>Of a JSON answer.</summary>
    public static ExportOutcome FromJson(ReadOnlySpan<byte> answer, string rejectedField)
    {
        try
        {
            Utf8JsonReader reader = new(answer);
            using JsonDocument response = JsonDocument.ParseValue(ref reader);
            if (response.RootElement.ValueKind != JsonValueKind.Object || !response.RootElement.TryGetProperty("partialSuccess", out JsonElement partial)
                || partial.ValueKind != JsonValueKind.Object) return new ExportOutcome(ExportStatus.Delivered);
            string message = partial.TryGetProperty("errorMessage", out JsonElement text) ? text.ToString() : "";
            // A number of 64 bits is a string in protobuf's JSON; readers take both.
            _ = long.TryParse(partial.TryGetProperty(rejectedField, out JsonElement count) ? count.ToString() : "0", NumberStyles.Integer,
                CultureInfo.InvariantCulture, out long rejected);
            return Outcome(rejected, message);
        }
        catch (JsonException)
        {
            return new ExportOutcome(ExportStatus.Delivered);
        }
    }

    /// <summary>A message without rejected items is a warning of the server.</summary>
    private static ExportOutcome Outcome(long rejected, string message) =>
        new(ExportStatus.Delivered, message.Length > 0 ? message : rejected > 0 ? "it gives no reason" : null, Rejected: Math.Max(0, rejected));
}

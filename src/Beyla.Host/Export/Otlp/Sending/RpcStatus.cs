using System.Text;
using Beyla.Host.Export.Otlp.Wire;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>What we want of a google.rpc.Status (google/rpc/status.proto, error_details.proto); empty when there is none.</summary>
/// <param name="Message">For humans.</param>
/// <param name="RetryDelay">Of the RetryInfo among the details; null: there is none.</param>
internal readonly record struct RpcStatus(string Message, TimeSpan? RetryDelay)
{
    private const int MessageField = 2, Details = 3; // Status
    private const int TypeUrl = 1, Value = 2; // google.protobuf.Any
    private const int Delay = 1; // RetryInfo
    private const int Seconds = 1, Nanoseconds = 2; // google.protobuf.Duration

    /// <summary>Reads a status; what is malformed is left out.</summary>
    public static RpcStatus Read(ReadOnlySpan<byte> encoded)
    {
        string message = "";
        TimeSpan? delay = null;
        ProtobufReader status = new(encoded);
        while (status.Next())
        {
            if (!status.HasContent) continue;
            if (status.Field == MessageField) message = Encoding.UTF8.GetString(status.Content);
            else if (status.Field == Details) delay ??= RetryInfo(status.Content);
        }
        return status.IsMalformed ? new RpcStatus("", null) : new RpcStatus(message, delay);
    }

    private static TimeSpan? RetryInfo(ReadOnlySpan<byte> detail)
    {
        ReadOnlySpan<byte> type = default, value = default;
        ProtobufReader any = new(detail);
        while (any.Next())
        {
            if (any.Field == TypeUrl) type = any.Content;
            else if (any.Field == Value) value = any.Content;
        }
        if (!type.EndsWith("/google.rpc.RetryInfo"u8)) return null;
        ProtobufReader info = new(value);
        while (info.Next())
            if (info.Field == Delay) return Duration(info.Content);
        return TimeSpan.Zero;
    }

    private static TimeSpan Duration(ReadOnlySpan<byte> encoded)
    {
        long seconds = 0, nanoseconds = 0;
        ProtobufReader duration = new(encoded);
        while (duration.Next())
        {
            if (duration.Field == Seconds) seconds = (long)duration.Number;
            else if (duration.Field == Nanoseconds) nanoseconds = (long)duration.Number;
        }
        // A day is longer than anything that waits here.
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400)) + TimeSpan.FromMicroseconds(Math.Clamp(nanoseconds, 0, 999_999_999) / 1000.0);
    }
}

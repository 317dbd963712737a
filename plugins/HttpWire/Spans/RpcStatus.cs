using System.Buffers.Text;

namespace Beyla.HttpWire;

/// <summary>Status codes of gRPC (google.golang.org/grpc/codes; grpc.io, "Status codes and their use in gRPC").</summary>
public static class RpcStatus
{
    /// <summary>The word for a code: <c>DEADLINE_EXCEEDED</c>; a code that gRPC does not define as a number, in <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Ten bytes.</param>
    public static ReadOnlySpan<byte> Word(uint code, Span<byte> buffer)
    {
        switch (code)
        {
            case 0: return "OK"u8;
            case 1: return "CANCELLED"u8;
            case 2: return "UNKNOWN"u8;
            case 3: return "INVALID_ARGUMENT"u8;
            case 4: return "DEADLINE_EXCEEDED"u8;
            case 5: return "NOT_FOUND"u8;
            case 6: return "ALREADY_EXISTS"u8;
            case 7: return "PERMISSION_DENIED"u8;
            case 8: return "RESOURCE_EXHAUSTED"u8;
            case 9: return "FAILED_PRECONDITION"u8;
            case 10: return "ABORTED"u8;
            case 11: return "OUT_OF_RANGE"u8;
            case 12: return "UNIMPLEMENTED"u8;
            case 13: return "INTERNAL"u8;
            case 14: return "UNAVAILABLE"u8;
            case 15: return "DATA_LOSS"u8;
            case 16: return "UNAUTHENTICATED"u8;
            default:
                Utf8Formatter.TryFormat(code, buffer, out int length);
                return buffer[..length];
        }
    }

    /// <summary>Whether a server's span failed: only codes that tell of the server's own trouble (semantic conventions, gRPC).</summary>
    public static bool IsServerError(uint code) => code is 2 or 4 or 12 or 13 or 14 or 15;

    /// <summary>Whether a client's span failed: all but OK.</summary>
    public static bool IsClientError(uint code) => code != 0;
}

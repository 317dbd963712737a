namespace Beyla.HttpWire;

/// <summary>Error codes of RST_STREAM (RFC 9113, section 7) that gRPC tells apart.</summary>
internal enum Http2Error : uint
{
    RefusedStream = 7,
    Cancel = 8,
    EnhanceYourCalm = 11,
    InadequateSecurity = 12,
}

/// <summary>Statuses of gRPC for calls that end without one.</summary>
internal static class GrpcStatus
{
    /// <summary>The connection was lost.</summary>
    public const int Unavailable = 14;

    /// <summary>gRPC over HTTP2, "Errors".</summary>
    public static int Of(Http2Error error) => error switch
    {
        Http2Error.Cancel => 1,
        Http2Error.InadequateSecurity => 7,
        Http2Error.EnhanceYourCalm => 8,
        Http2Error.RefusedStream => Unavailable,
        _ => 13,
    };
}

namespace Beyla.HttpWire;

/// <summary>Values of <c>error.type</c> for exchanges that broke off; net/http's client spans use the same words.</summary>
public static class ExchangeErrors
{
    /// <summary>The connection was closed before the answer was complete.</summary>
    public static ReadOnlySpan<byte> ConnectionClosed => "connection_closed"u8;

    /// <summary>The connection was reset.</summary>
    public static ReadOnlySpan<byte> ConnectionReset => "connection_reset"u8;

    /// <summary>The client gave up.</summary>
    public static ReadOnlySpan<byte> Cancelled => "cancelled"u8;

    /// <summary>An HTTP/2 stream was reset, by either side.</summary>
    public static ReadOnlySpan<byte> StreamClosed => "stream_closed"u8;
}

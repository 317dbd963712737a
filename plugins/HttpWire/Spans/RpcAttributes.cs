namespace Beyla.HttpWire;

/// <summary>What spans of gRPC calls set alike (semantic conventions for RPC and gRPC).</summary>
public static class RpcAttributes
{
    /// <summary>System, method and name.</summary>
    /// <param name="span">The span.</param>
    /// <param name="path"><c>/package.Service/Method</c>, with or without the slash in front.</param>
    public static Span SetRpcMethod(this Span span, ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> method = path.StartsWith("/"u8) ? path[1..] : path;
        return span.SetName(method).Set(Attributes.RpcSystemName, "grpc"u8).Set(Attributes.RpcMethod, method);
    }

    /// <summary>Status, and the error that it means on this side.</summary>
    public static Span SetRpcStatus(this Span span, uint code, bool server)
    {
        ReadOnlySpan<byte> status = RpcStatus.Word(code, stackalloc byte[10]);
        span.Set(Attributes.RpcResponseStatusCode, status);
        return (server ? RpcStatus.IsServerError(code) : RpcStatus.IsClientError(code)) ? span.Fail(status) : span;
    }

    /// <summary>Server address, and port if there is one, of <c>host:port</c>. Nothing for an empty host.</summary>
    public static Span SetServerAddress(this Span span, ReadOnlySpan<byte> authority) =>
        span.SetAddress(Attributes.ServerAddress, Attributes.ServerPort, HostAndPort.Parse(authority));

    /// <summary>An address, and the port if it is asked for and there is one. Nothing for an empty host.</summary>
    public static Span SetAddress(this Span span, AttributeKey address, AttributeKey? port, HostAndPort end)
    {
        if (end.Host.IsEmpty) return span;
        span.Set(address, end.Host);
        return port is not null && end.Port is { } number ? span.Set(port, number) : span;
    }
}

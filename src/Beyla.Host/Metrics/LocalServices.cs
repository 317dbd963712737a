using Beyla.Host.Discovery;
using Beyla.Host.Spans;

namespace Beyla.Host.Metrics;

/// <summary>Which traced process serves a port of this machine. Used under the aggregator's gate only.</summary>
internal sealed class LocalServices
{
    private readonly Dictionary<int, TracedProcess> _byPort = [];

    /// <summary>Adds the ports of a process.</summary>
    public void Add(TracedProcess process)
    {
        foreach (int port in process.Info.OpenPorts) _byPort[port] = process;
    }

    /// <summary>Takes the ports of a process out again.</summary>
    public void Remove(TracedProcess process)
    {
        foreach (int port in process.Info.OpenPorts)
            if (_byPort.TryGetValue(port, out TracedProcess? owner) && owner.Handle == process.Handle) _byPort.Remove(port);
    }

    /// <summary>The service that a client span called over the loopback; <see langword="null"/> when it is not known.</summary>
    public ServiceIdentity? Serving(Span call)
    {
        if (!TryPort(call, out int port) || !_byPort.TryGetValue(port, out TracedProcess? process)) return null;
        bool named = call.TryGet(Attributes.NetworkPeerAddress, out SpanAttribute address) || call.TryGet(Attributes.ServerAddress, out address);
        return named && IsLoopback(address.Text) ? process.Service : null;
    }

    private static bool TryPort(Span call, out int port)
    {
        bool found = call.TryGet(Attributes.NetworkPeerPort, out SpanAttribute attribute) || call.TryGet(Attributes.ServerPort, out attribute);
        port = found ? (int)attribute.Integer : 0;
        return found;
    }

    private static bool IsLoopback(ReadOnlySpan<byte> address) =>
        address.StartsWith("127."u8) || address.SequenceEqual("::1"u8) || address.SequenceEqual("localhost"u8);
}

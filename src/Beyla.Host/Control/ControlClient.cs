using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Beyla.Host.Control;

/// <summary>One question to a running agent; see <see cref="ControlServer"/>.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _answers;

    private ControlClient(string path, ControlRequest request)
    {
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
            NetworkStream stream = new(_socket);
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest));
            stream.Write("\n"u8);
            _answers = new StreamReader(stream);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks.</summary>
    /// <exception cref="IOException">Nobody answers there, or we may not ask.</exception>
    public static ControlClient Ask(string path, ControlRequest request)
    {
        try
        {
            return new ControlClient(path, request);
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            throw new IOException($"no agent can be asked at {path}: {(e is SocketException { SocketErrorCode: SocketError.AccessDenied } ? "permission denied; run as root or as the agent's user" : "nobody listens there")}", e);
        }
    }

    /// <summary>The next answer; null: there are no more.</summary>
    /// <exception cref="IOException">The agent has gone or dropped us.</exception>
    public async Task<T?> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken stop) where T : class
    {
        string? line = await _answers.ReadLineAsync(stop).ConfigureAwait(false);
        return line is null ? null : JsonSerializer.Deserialize(line, type);
    }

    public void Dispose()
    {
        _answers.Dispose();
        _socket.Dispose();
    }
}

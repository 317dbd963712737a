using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Control;

/// <summary>
/// Answers <c>beyla explain</c> and <c>beyla top</c> on a local socket: one request a connection, JSON lines. Only root and the agent's own user get
/// in: the folder and the socket are theirs, and the kernel tells who connects (SO_PEERCRED, unix(7)).
/// </summary>
internal sealed class ControlServer : IDisposable
{
    private const int SolSocket = 1, SoPeerCred = 17; // include/uapi/asm-generic/socket.h
    private const int LongestRequest = 4096, ShortestInterval = 50;

    private readonly string _path;
    private readonly AgentInquiry _inquiry;
    private readonly ILogger _log;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    private ControlServer(string path, AgentInquiry inquiry, ILogger log)
    {
        (_path, _inquiry, _log) = (path, inquiry, log);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen(8);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Starts to answer; null, and one line in the log, where there is no place for a socket. The agent works without.</summary>
    public static ControlServer? TryStart(AgentInquiry inquiry, ILogger log)
    {
        try
        {
            if (ControlSocket.Place() is { } path)
            {
                ControlServer server = new(path, inquiry, log);
                log.LogDebug("beyla explain and beyla top can ask at {Path}.", path);
                return server;
            }
            log.LogDebug("beyla explain and beyla top cannot ask this agent: none of {Folders} can be written.", string.Join(", ", ControlSocket.Folders));
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            log.LogDebug("beyla explain and beyla top cannot ask this agent: {Reason}", e.Message);
        }
        return null;
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _accepting.Wait();
        _end.Dispose();
        File.Delete(_path);
    }

    private async Task AcceptAsync()
    {
        List<Task> served = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
                served.RemoveAll(task => task.IsCompleted);
                served.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException) { }
        await Task.WhenAll(served).ConfigureAwait(false);
    }

    private async Task ServeAsync(Socket client)
    {
        using Socket owned = client;
        try
        {
            if (!IsAllowed(client)) return;
            await using NetworkStream stream = new(client);
            if (await RequestAsync(stream).ConfigureAwait(false) is not { } request) return;
            switch (request.Ask)
            {
                case "process":
                    await WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(_inquiry.Of(request.Pid), ControlJson.Default.ProcessReport)).ConfigureAwait(false);
                    break;
                case "top":
                    await TopAsync(stream, TimeSpan.FromMilliseconds(Math.Max(ShortestInterval, request.IntervalMs))).ConfigureAwait(false);
                    break;
            }
        }
        // Whoever asked has gone, or asked nonsense, or the end has come.
        catch (Exception e) when (e is IOException or SocketException or JsonException or OperationCanceledException)
        {
            _log.LogDebug("a client of the control socket was dropped: {Reason}", e.Message);
        }
    }

    private async Task TopAsync(NetworkStream stream, TimeSpan interval)
    {
        using TopWatch watch = _inquiry.Watch();
        while (true)
        {
            await Task.Delay(interval, _end.Token).ConfigureAwait(false);
            await WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(watch.Take(), ControlJson.Default.TopReport)).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(NetworkStream stream, byte[] json)
    {
        await stream.WriteAsync(json, _end.Token).ConfigureAwait(false);
        await stream.WriteAsync("\n"u8.ToArray(), _end.Token).ConfigureAwait(false);
    }

    private async Task<ControlRequest?> RequestAsync(NetworkStream stream)
    {
        using StreamReader reader = new(stream, bufferSize: LongestRequest, leaveOpen: true);
        char[] text = new char[LongestRequest];
        int length = 0;
        while (length < text.Length && text.AsSpan(0, length).IndexOf('\n') < 0)
        {
            int read = await reader.ReadAsync(text.AsMemory(length), _end.Token).ConfigureAwait(false);
            if (read == 0) return null;
            length += read;
        }
        int end = text.AsSpan(0, length).IndexOf('\n');
        return end < 0 ? null : JsonSerializer.Deserialize(text.AsSpan(0, end), ControlJson.Default.ControlRequest);
    }

    /// <summary><c>struct ucred</c>: pid, uid, gid.</summary>
    private static bool IsAllowed(Socket client)
    {
        Span<byte> credentials = stackalloc byte[12];
        if (client.GetRawSocketOption(SolSocket, SoPeerCred, credentials) != credentials.Length) return false;
        uint peer = BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
        return peer == 0 || peer == ProcessOwner.Uid;
    }
}

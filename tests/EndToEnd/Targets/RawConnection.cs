using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>A TCP connection on which a test writes HTTP/1.1 by hand: pipelining, hijacking, connections that break.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new() { ReceiveTimeout = (int)Eventually.Seconds(20).TotalMilliseconds, NoDelay = true };

    public RawConnection(int port) => _client.Connect(IPAddress.Loopback, port);

    /// <summary>The port of our side, which the server sees as its peer's.</summary>
    public int LocalPort => ((IPEndPoint)_client.Client.LocalEndPoint!).Port;

    /// <summary>Writes text as it is.</summary>
    public void Write(string text) => _client.GetStream().Write(Encoding.ASCII.GetBytes(text));

    /// <summary>Writes a request without a body.</summary>
    public void Request(string method, string target, string headers = "") =>
        Write(string.Create(CultureInfo.InvariantCulture, $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n"));

    /// <summary>Reads until the text so far satisfies the condition, or the server closes the connection.</summary>
    public string ReadUntil(Func<string, bool> enough)
    {
        byte[] buffer = new byte[4096];
        StringBuilder text = new();
        try
        {
            while (!enough(text.ToString()))
            {
                int length = _client.GetStream().Read(buffer);
                if (length == 0) break;
                text.Append(Encoding.ASCII.GetString(buffer, 0, length));
            }
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
        }
        return text.ToString();
    }

    /// <summary>Reads one answer whose body has that many bytes.</summary>
    public void ReadAnswer(int bodyBytes)
    {
        byte[] buffer = new byte[1 << 16];
        int length = 0, end = -1;
        while (end < 0 || length < end + 4 + bodyBytes)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, 2 * length);
            int read = _client.GetStream().Read(buffer.AsSpan(length));
            Assert.True(read > 0, $"the server closed the connection after {length} bytes of an answer");
            length += read;
            end = end >= 0 ? end : buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        }
    }

    /// <summary>Reads until the server closes the connection.</summary>
    public string ReadToEnd() => ReadUntil(_ => false);

    public void Dispose() => _client.Dispose();
}

using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace EndToEnd.Targets;

/// <summary>
/// An HTTP/2 client over TLS that reads nothing until all its requests are sent: the server's socket gets full, and what it has to send piles up.
/// </summary>
internal static class Http2Burst
{
    private const int FrameHeader = 9;
    private const byte Data = 0, Headers = 1, SettingsFrame = 4, WindowUpdate = 8, EndStream = 1, EndHeaders = 4;

    /// <summary>Sends GET requests for a path and takes all answers; returns its own port.</summary>
    public static async Task<int> GetAsync(int port, string path, int count)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, port);
        await using SslStream stream = new(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2] });

        // RFC 9113, sections 3.4 and 6.5.2: the windows of the streams, then that of the connection, take every answer.
        await stream.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        await WriteAsync(stream, SettingsFrame, 0, 0, [0, 4, 0x10, 0, 0, 0]);
        await WriteAsync(stream, WindowUpdate, 0, 0, [0x10, 0, 0, 0]);
        // RFC 7541, appendix A: GET, https, a path, an authority.
        byte[] block = [0x82, 0x87, 0x04, (byte)path.Length, .. Encoding.ASCII.GetBytes(path), 0x01, 9, .. "localhost"u8];
        for (int i = 0; i < count; i++) await WriteAsync(stream, Headers, EndStream | EndHeaders, 2 * i + 1, block);

        int local = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
        for (int ended = 0; ended < count;) ended += await ReadAsync(stream) ? 1 : 0;
        return local;
    }

    private static ValueTask WriteAsync(SslStream stream, byte type, byte flags, int id, byte[] payload)
    {
        byte[] frame = new byte[FrameHeader + payload.Length];
        frame[2] = (byte)payload.Length;
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), id);
        payload.CopyTo(frame, FrameHeader);
        return stream.WriteAsync(frame);
    }

    /// <summary>Reads a frame; whether a stream ends with it.</summary>
    private static async Task<bool> ReadAsync(SslStream stream)
    {
        byte[] header = new byte[FrameHeader];
        await stream.ReadExactlyAsync(header);
        await stream.ReadExactlyAsync(new byte[header[0] << 16 | header[1] << 8 | header[2]]);
        return header[3] is Data or Headers && (header[4] & EndStream) != 0;
    }
}

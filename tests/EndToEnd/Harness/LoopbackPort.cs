using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Harness;

/// <summary>TCP ports of 127.0.0.1.</summary>
internal static class LoopbackPort
{
    /// <summary>
    /// A port that nobody listens on, from below the kernel's ephemeral range so that no outgoing connection takes it before its user does,
    /// and never handed out twice by this process.
    /// </summary>
    public static int Free() => FreeRange(1);

    /// <summary>The first of several such ports in a row.</summary>
    public static int FreeRange(int count)
    {
        while (true)
        {
            int first = First + (Interlocked.Add(ref s_next, count) - count) % Ports;
            if (Enumerable.Range(first, count).All(IsFree)) return first;
        }
    }

    /// <summary>Waits until somebody accepts connections on the port. No byte is sent, so no request can be seen.</summary>
    public static Task OpenAsync(int port, TimeSpan deadline, Func<string> otherwise) => Eventually.TrueAsync(async () =>
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }, deadline, () => $"nobody listens on port {port}. {otherwise()}");

    private static bool IsFree(int port)
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private const int First = 20000;
    private const int Ports = 12000;
    private static int s_next = Random.Shared.Next(Ports);
}

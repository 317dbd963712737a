using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace ExportCost;

/// <summary>A collector that takes every request and looks at nothing, in a process of its own, so that its cost is not ours.</summary>
internal static class Sink
{
    /// <summary>Serves one connection after another on a free port, which it prints.</summary>
    public static void Run()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        byte[] buffer = new byte[4 * 1024 * 1024];
        while (true)
        {
            using Socket connection = listener.AcceptSocket();
            Serve(connection, buffer);
        }
    }

    private static void Serve(Socket connection, byte[] buffer)
    {
        int length = 0;
        while (true)
        {
            int head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            int whole = head < 0 ? int.MaxValue : head + 4 + ContentLength(buffer.AsSpan(0, head));
            if (length >= whole)
            {
                connection.Send("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"u8);
                buffer.AsSpan(whole, length - whole).CopyTo(buffer);
                length -= whole;
                continue;
            }
            int read = connection.Receive(buffer.AsSpan(length));
            if (read == 0) return;
            length += read;
        }
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> name = "Content-Length: "u8;
        int at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : throw new InvalidDataException("a request without Content-Length.");
    }
}

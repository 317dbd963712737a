using System.Net;
using System.Net.Sockets;

namespace Beyla.Testing.Otlp;

/// <summary>A server that greets every connection in no known protocol and closes it.</summary>
internal sealed class NotHttpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public NotHttpServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Endpoint => $"http://{_listener.LocalEndpoint}/v1/traces";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("220 mail.example.com ESMTP\r\n"u8.ToArray());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException) { }
    }
}

/// <summary>Passes the connections to a port on to another one: a server that comes up late where a client was told to look.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly Task _serving;

    public Relay(int port, int target)
    {
        (_listener, _target) = (new TcpListener(IPAddress.Loopback, port), target);
        _listener.Start();
        _serving = ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    private async Task PassAsync(TcpClient client)
    {
        try
        {
            using TcpClient near = client;
            using TcpClient far = new();
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception e) when (e is SocketException or IOException) { }
    }
}

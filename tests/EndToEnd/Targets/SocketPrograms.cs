using System.Diagnostics;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Servers and clients that are not Go, with small programs or configurations of the tests.</summary>
internal static class SocketPrograms
{
    /// <summary>Python's http.server on a folder: one thread per connection, HTTP/1.0.</summary>
    public static Task<TargetProcess> PythonFilesAsync(TemporaryFolder files, int port) =>
        TargetProcess.StartAsync("python3", port, ["-m", "http.server", TargetProcess.Text(port), "--bind", "127.0.0.1", "--directory", files.Path]);

    /// <summary>
    /// A server in Python that takes connections one after another and runs the given lines for each, with <c>c</c> as the connection and <c>n</c> as
    /// its number; they end with the connection.
    /// </summary>
    public static Task<TargetProcess> PythonAsync(int port, string lines, string setup = "", string executable = "python3")
    {
        string body = string.Join('\n', lines.Split('\n').Select(l => "    " + l));
        return TargetProcess.StartAsync(executable, port, ["-c", $"""
            import socket, random, ssl
            s = socket.create_server(('127.0.0.1', {port}))
            {setup}
            n = -1
            while True:
              c, _ = s.accept()
              n += 1
              try:
            {body}
              except OSError: pass
              c.close()
            """]);
    }

    /// <summary>A server in Python that answers on any number of connections by one thread; each request comes in one piece.</summary>
    public static Task<TargetProcess> PythonEventLoopAsync(int port) => TargetProcess.StartAsync("python3", port, ["-c", $"""
        import asyncio, resource
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        class Answer(asyncio.Protocol):
            def connection_made(self, transport): self.transport = transport
            def data_received(self, data): self.transport.write(b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        async def main():
            await (await asyncio.get_running_loop().create_server(Answer, '127.0.0.1', {port})).serve_forever()
        asyncio.run(main())
        """]);

    /// <summary>A client in Python that runs each line of its stdin and says <c>done</c>.</summary>
    public static ChildProcess PythonClient(string executable) => ChildProcess.Start(executable, ["-u", "-c", """
        import sys, socket, urllib.request, urllib.error, http.client
        for line in sys.stdin:
            try: exec(line)
            except Exception as e: print(e)
            print('done')
        """]);

    /// <summary>A server in JavaScript: <c>q</c> is the request, <c>r</c> the response, called when the request's body is complete.</summary>
    public static Task<TargetProcess> NodeAsync(int port, string handler) => TargetProcess.StartAsync("node", port, ["-e", $$"""
        const http = require('http');
        const server = http.createServer((q, r) => { q.resume(); q.on('end', () => { {{handler}} }); });
        server.on('upgrade', (q, s) => { s.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n'); s.pipe(s); });
        server.listen({{port}}, '127.0.0.1');
        """]);

    /// <summary>nginx with two workers on a folder of files; <c>/ok</c> answers by itself.</summary>
    public static async Task<TargetProcess> NginxAsync(TemporaryFolder folder, int port)
    {
        string configuration = folder.Write("nginx.conf", $$"""
            daemon off; worker_processes 2; pid {{folder.Path}}/pid; error_log stderr; user root;
            events { }
            http {
              access_log off; sendfile on; keepalive_requests 10000000;
              client_body_temp_path {{folder.Path}}/b; proxy_temp_path {{folder.Path}}/p; fastcgi_temp_path {{folder.Path}}/f;
              uwsgi_temp_path {{folder.Path}}/u; scgi_temp_path {{folder.Path}}/s;
              server { listen 127.0.0.1:{{port}}; root {{folder.Path}}/files; location /ok { return 200 "ok\n"; } }
            }
            """);
        TargetProcess nginx = await TargetProcess.StartAsync("nginx", port, ["-c", configuration]);
        nginx.Process.EndSignal = "TERM";
        return nginx;
    }
}

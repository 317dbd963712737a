using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

// Kestrel with the paths of the matrix (serve PORT [CERTIFICATE KEY]), and HttpClient that asks for them (ask PORT: listens there to be found, reads the
// address from stdin).
int port = int.Parse(args[1]);
await (args[0] == "serve" ? ServeAsync() : AskAsync());

async Task ServeAsync()
{
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseKestrelHttpsConfiguration();
    builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port, listen =>
    {
        listen.Protocols = HttpProtocols.Http1;
        if (args.Length > 2) listen.UseHttps(X509CertificateLoader.LoadPkcs12(X509Certificate2.CreateFromPemFile(args[2], args[3]).Export(X509ContentType.Pkcs12), null));
    }));
    WebApplication app = builder.Build();
    app.MapGet("/ok", () => "ok\n");
    app.MapGet("/error", () => Results.Text("no\n", statusCode: 500));
    app.MapGet("/big", () => Results.Bytes(new byte[300_000]));
    app.MapGet("/chunked", async (HttpResponse response) =>
    {
        await response.WriteAsync("one");
        await response.Body.FlushAsync();
        await response.WriteAsync("two");
    });
    app.MapPost("/echo", async (HttpRequest request) =>
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body);
        return $"{body.Length} bytes\n";
    });
    await app.RunAsync();
}

async Task AskAsync()
{
    using TcpListener found = new(IPAddress.Loopback, port);
    found.Start();
    Console.WriteLine("ready");
    string root = Console.ReadLine()!;
    using HttpClient client = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
    foreach (string path in new[] { "/ok", "/ok", "/echo", "/missing", "/error", "/chunked", "/big" })
    {
        using HttpResponseMessage answer = path == "/echo"
            ? await client.PostAsync(root + path, new StringContent(new string('y', 1000)))
            : await client.GetAsync(root + path);
        await answer.Content.ReadAsByteArrayAsync();
        Console.WriteLine((int)answer.StatusCode);
    }
}

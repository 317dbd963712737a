using System.Diagnostics;
using System.Globalization;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using EndToEnd.Harness;

namespace Beyla.Host.Tests.Discovery;

/// <summary>Real servers with workers: all of their processes are one service, whoever of them listens.</summary>
public sealed class WorkerProcessTests
{
    private static readonly Sight Best = ProcessEventsFact.Missing is null ? Sight.Events : Sight.Poll;

    [Theory]
    [ProgramData("/usr/sbin/nginx")]
    public async Task Nginx_Workers_AreOfTheMastersService(string nginx)
    {
        using TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        string configuration = folder.Write("nginx.conf", $$"""
            daemon off; worker_processes 2; pid {{folder.Path}}/pid; error_log stderr; user root;
            events {}
            http { access_log off; server { listen 127.0.0.1:{{port}}; } }
            """);

        await AssertOneServiceAsync(port, workers: 2, nginx, "-e", "stderr", "-p", folder.Path, "-c", configuration);
    }

    /// <summary>The workers get their connections from the primary, which listens only when the first of them asks it to.</summary>
    [Theory]
    [ProgramData("/usr/bin/node")]
    public async Task NodeCluster_Workers_AreOfThePrimarysService(string node)
    {
        using TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        string script = folder.Write("server.js", $"""
            const cluster = require('cluster');
            if (cluster.isPrimary) for (let i = 0; i < 3; i++) cluster.fork();
            else require('http').createServer((request, response) => response.end()).listen({port}, '127.0.0.1');
            """);

        await AssertOneServiceAsync(port, workers: 3, node, script);
    }

    /// <summary>Spawned children run the interpreter anew and inherit no socket.</summary>
    [Theory]
    [ProgramData("/usr/bin/python3")]
    public async Task PythonMultiprocessing_SpawnedWorkers_AreOfTheParentsService(string python)
    {
        using TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        string script = folder.Write("server.py", $"""
            import multiprocessing, socket, time
            def work():
                time.sleep(600)
            if __name__ == '__main__':
                multiprocessing.set_start_method('spawn')
                workers = [multiprocessing.Process(target=work, daemon=True) for _ in range(2)]
                for worker in workers: worker.start()
                server = socket.create_server(('127.0.0.1', {port}))
                workers[0].join()
            """);

        // Two workers, and the process that keeps track of shared resources.
        await AssertOneServiceAsync(port, workers: 3, python, script);
    }

    [Theory]
    [ProgramData("/usr/bin/gunicorn")]
    public async Task Gunicorn_Workers_AreOfTheMastersService(string gunicorn)
    {
        using TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        folder.Write("app.py", """
            def app(environ, start_response):
                start_response('200 OK', [])
                return [b'']
            """);

        await AssertOneServiceAsync(port, workers: 2, gunicorn, "--chdir", folder.Path, "-w", "2", "-b", $"127.0.0.1:{port}", "app:app");
    }

    private static async Task AssertOneServiceAsync(int port, int workers, string program, params string[] arguments)
    {
        await using Watch watch = await Watch.StartAsync(Best);
        using Process server = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            BeylaOptions options = new() { OpenPort = PortSet.Parse(port.ToString(CultureInfo.InvariantCulture)), ServiceName = "shop" };
            await watch.UntilAsync(
                () => Selected(watch, options).Count == workers + 1, () => $"selected: {string.Join("; ", Selected(watch, options))}; told: {string.Join("; ", watch.All())}");

            List<ProcessSelected> selected = Selected(watch, options);
            Assert.Contains(selected, s => s.Process.Pid == server.Id);
            Assert.All(selected, s => Assert.Equal("shop", s.Service.Name));
            Assert.All(selected, s => Assert.True(s.Process.Pid == server.Id || s.Process.ParentPid == server.Id, s.ToString()));
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    /// <summary>What a matcher selects when it is told the same; processes that have ended since are not among it.</summary>
    private static List<ProcessSelected> Selected(Watch watch, BeylaOptions options)
    {
        CriteriaMatcher matcher = new(options);
        Dictionary<ProcessId, ProcessSelected> selected = [];
        foreach (ProcessEvent e in watch.All().SelectMany(matcher.Handle))
        {
            if (e is ProcessSelected { Process: var process } selection) selected[process.Id] = selection;
            else if (e is ProcessDeleted deleted) selected.Remove(deleted.Id);
        }
        return [.. selected.Values];
    }
}

using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>A database that is a process of its own, with its files in a folder of its own, on a loopback port.</summary>
internal abstract class DatabaseServer : Database
{
    private readonly TemporaryFolder _folder;

    protected DatabaseServer(Started server) => (Process, _folder, Port) = server;

    /// <summary>The port it serves on.</summary>
    public int Port { get; }

    /// <summary>The process, for tests that end it.</summary>
    public ChildProcess Process { get; }

    /// <summary>What a server that takes connections is made of.</summary>
    protected sealed record Started(ChildProcess Process, TemporaryFolder Folder, int Port);

    public override async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Makes the files of a server, starts it and waits until it says that it is ready.</summary>
    /// <param name="start">Gets the folder and a free port.</param>
    /// <param name="ready">What the server writes then.</param>
    protected static async Task<Started> StartAsync(Func<TemporaryFolder, int, Task<ChildProcess>> start, Regex ready)
    {
        TemporaryFolder folder = new();
        ChildProcess? process = null;
        try
        {
            int port = LoopbackPort.Free();
            process = await start(folder, port);
            await process.Error.WaitForAsync(ready, TimeSpan.FromSeconds(30), process.ToString);
            return new(process, folder, port);
        }
        catch
        {
            if (process is not null) await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }
}

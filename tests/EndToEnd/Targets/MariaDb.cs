using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Debian's MariaDB with fresh tables in a folder of its own, on a loopback port; user root, no password, database test.</summary>
internal sealed partial class MariaDb : Database
{
    private readonly ChildProcess _process;
    private readonly TemporaryFolder _folder;

    private MariaDb(ChildProcess process, TemporaryFolder folder, int port) => (_process, _folder, Port) = (process, folder, port);

    /// <summary>The port it serves on.</summary>
    public int Port { get; }

    /// <summary>The process, for tests that end it.</summary>
    public ChildProcess Process => _process;

    /// <summary>Makes the tables, starts the server and waits until it takes connections.</summary>
    public static async Task<MariaDb> StartAsync()
    {
        TemporaryFolder folder = new();
        int port = LoopbackPort.Free();
        ChildProcess? process = null;
        try
        {
            string software = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Releases.MariaDb.Executable)!, "..")), data = folder.File("data");
            string[] user = Environment.IsPrivilegedProcess ? ["--user=root"] : [];
            await ChildProcess.RunAsync(
                Path.Combine(software, "bin", "mariadb-install-db"),
                ["--no-defaults", $"--basedir={software}", $"--datadir={data}", "--auth-root-authentication-method=normal", .. user]);
            Directory.CreateDirectory(Path.Combine(data, "test"));           // to MariaDB a folder is a database
            process = ChildProcess.Start(Releases.MariaDb.Executable,
            [
                "--no-defaults", $"--basedir={software}", $"--datadir={data}", $"--port={TargetProcess.Text(port)}", "--bind-address=127.0.0.1",
                $"--socket={folder.File("socket")}", $"--pid-file={folder.File("pid")}", .. user,
            ]);
            await process.Error.WaitForAsync(Ready(), TimeSpan.FromSeconds(30), process.ToString);
            return new(process, folder, port);
        }
        catch
        {
            if (process is not null) await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string SourceFor(string driver) => $"root@tcp(127.0.0.1:{TargetProcess.Text(Port)})/test";

    /// <inheritdoc/>
    public override string Url => $"mysql://root@127.0.0.1:{TargetProcess.Text(Port)}/test";

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex("ready for connections")]
    private static partial Regex Ready();
}

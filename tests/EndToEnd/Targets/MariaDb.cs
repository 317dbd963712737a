using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Debian's MariaDB with fresh tables; user root, no password, database test.</summary>
internal sealed partial class MariaDb : DatabaseServer
{
    private MariaDb(Started server) : base(server)
    {
    }

    /// <summary>Makes the tables, starts the server and waits until it takes connections.</summary>
    public static async Task<MariaDb> StartAsync() => new(await StartAsync(ServeAsync, Ready()));

    /// <inheritdoc/>
    public override string SourceFor(string driver) => $"root@tcp(127.0.0.1:{TargetProcess.Text(Port)})/test";

    /// <inheritdoc/>
    public override string Url => $"mysql://root@127.0.0.1:{TargetProcess.Text(Port)}/test";

    private static async Task<ChildProcess> ServeAsync(TemporaryFolder folder, int port)
    {
        string software = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Releases.MariaDb.Executable)!, "..")), data = folder.File("data");
        string[] user = Environment.IsPrivilegedProcess ? ["--user=root"] : [];
        await ChildProcess.RunAsync(
            Path.Combine(software, "bin", "mariadb-install-db"),
            ["--no-defaults", $"--basedir={software}", $"--datadir={data}", "--auth-root-authentication-method=normal", .. user]);
        Directory.CreateDirectory(Path.Combine(data, "test"));           // to MariaDB a folder is a database
        return ChildProcess.Start(Releases.MariaDb.Executable,
        [
            "--no-defaults", $"--basedir={software}", $"--datadir={data}", $"--port={TargetProcess.Text(port)}", "--bind-address=127.0.0.1",
            $"--socket={folder.File("socket")}", $"--pid-file={folder.File("pid")}", .. user,
        ]);
    }

    [GeneratedRegex("ready for connections")]
    private static partial Regex Ready();
}

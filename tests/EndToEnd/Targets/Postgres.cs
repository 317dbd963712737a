using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>Debian's PostgreSQL with a fresh cluster; user postgres, no password, database postgres.</summary>
internal sealed partial class Postgres : DatabaseServer
{
    private Postgres(Started server) : base(server)
    {
    }

    /// <summary>Makes a cluster, starts the server and waits until it takes connections.</summary>
    public static async Task<Postgres> StartAsync() => new(await StartAsync(ServeAsync, Ready()));

    /// <inheritdoc/>
    public override string SourceFor(string driver) => $"postgres://postgres@127.0.0.1:{TargetProcess.Text(Port)}/postgres?sslmode=disable";

    /// <inheritdoc/>
    public override string Url => $"postgres://postgres@127.0.0.1:{TargetProcess.Text(Port)}/test?sslmode=disable";

    public override async ValueTask DisposeAsync()
    {
        // Killed, it would leave a segment of shared memory behind.
        Process.Signal("INT");
        await Process.ExitAsync(Eventually.Soon);
        await base.DisposeAsync();
    }

    private static async Task<ChildProcess> ServeAsync(TemporaryFolder folder, int port)
    {
        string data = folder.File("data");
        Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess) await ChildProcess.RunAsync("chown", "-R", "nobody:nogroup", folder.Path);
        string[] make = Unprivileged(Program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await ChildProcess.RunAsync(make[0], make[1..]);
        string[] serve = Unprivileged(
            Program("postgres"), "-D", data, "-p", TargetProcess.Text(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off");
        return ChildProcess.Start(serve[0], serve[1..]);
    }

    private static string Program(string name) => Path.Combine(Path.GetDirectoryName(Releases.Postgres.Executable)!, name);

    // PostgreSQL refuses to run as root.
    private static string[] Unprivileged(params string[] command) =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", .. command] : command;

    [GeneratedRegex("database system is ready to accept connections")]
    private static partial Regex Ready();
}

using EndToEnd.Harness;

namespace EndToEnd.Targets.Web;

/// <summary>A client of the matrix. It waits for its stdin to say where to ask, so the agent can attach before its first request.</summary>
/// <param name="Name">What tests call it.</param>
/// <param name="Program">The program it is, as for <see cref="WebServer"/>.</param>
/// <param name="Arguments">Its arguments; given a port to listen on, if that is how the agent finds it.</param>
internal sealed record WebClient(string Name, string Program, Func<int, IEnumerable<string>> Arguments)
{
    /// <summary>What goes to its stdin for the address of a server: <c>http://127.0.0.1:80</c>.</summary>
    public Func<string, string> Input { get; init; } = root => root;

    /// <summary>The agent finds it by its port; else by its executable, a copy of which is run.</summary>
    public bool Listens { get; init; }

    /// <summary>It says <c>ready</c> when all its libraries are loaded.</summary>
    public bool SaysReady { get; init; } = true;

    /// <summary>The TLS library that is probed, a group of <c>http-ssl</c>; null: none.</summary>
    public string? TlsLibrary { get; init; } = "openssl";

    /// <summary>What it asks for.</summary>
    public IReadOnlyList<(string Method, string Path, int Status)> Requests { get; init; } = WebRequests.All;

    /// <summary>Its exit code when all went well.</summary>
    public int ExitCode { get; init; }

    /// <summary>Starts it.</summary>
    /// <param name="folder">Where the copy of its executable goes.</param>
    /// <param name="port">The port it listens on.</param>
    public ChildProcess Start(TemporaryFolder folder, int port)
    {
        string program = WebPlace.Executable(Program);
        if (!Listens)
        {
            string copy = folder.File(Path.Combine(Name, Path.GetFileName(program)));
            File.Copy(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program, copy);
            program = copy;
        }
        return ChildProcess.Start(program, Arguments(port));
    }

    /// <summary>Lets it ask, and waits for its end.</summary>
    public async Task AskAsync(ChildProcess client, int port, bool tls) =>
        await client.FeedAsync(Input($"{(tls ? "https" : "http")}://127.0.0.1:{TargetProcess.Text(port)}"), ExitCode);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

using EndToEnd.Harness;

namespace EndToEnd.Targets.Web;

/// <summary>A server of the matrix: it answers <see cref="WebRequests"/>.</summary>
/// <param name="Name">What tests call it.</param>
/// <param name="Program">The program it is, as the shell finds it, or below artifacts/targets.</param>
/// <param name="Arguments">Its arguments; a configuration is written into the folder.</param>
internal sealed record WebServer(string Name, string Program, Func<WebPlace, IEnumerable<string>> Arguments)
{
    /// <summary>Whether it speaks TLS by a library that is probed.</summary>
    public bool SpeaksTls { get; init; } = true;

    /// <summary>Whether it answers requests that come before the answers to earlier ones.</summary>
    public bool Pipelines { get; init; } = true;

    /// <summary>See <see cref="TargetProcess.HasWorkers"/>.</summary>
    public bool HasWorkers { get; init; }

    /// <summary>Starts it and waits until it serves.</summary>
    public async Task<TargetProcess> StartAsync(bool tls)
    {
        TemporaryFolder folder = new();
        WebPlace place = new(folder, LoopbackPort.Free(), tls ? Certificates.WriteTo(folder) : null);
        TargetProcess target = await TargetProcess.StartAsync(WebPlace.Executable(Program), place.Port, Arguments(place), folder: folder);
        target.HasWorkers = HasWorkers;
        return target;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Where a server is to serve.</summary>
/// <param name="Folder">A folder of its own.</param>
/// <param name="Port">Its port of 127.0.0.1.</param>
/// <param name="Tls">Certificate and key; null: no TLS.</param>
internal sealed record WebPlace(TemporaryFolder Folder, int Port, (string Certificate, string Key)? Tls)
{
    /// <summary>The port as a text.</summary>
    public string PortText => TargetProcess.Text(Port);

    /// <summary>Certificate and key as two arguments, or none.</summary>
    public IEnumerable<string> TlsArguments => Tls is var (certificate, key) ? [certificate, key] : [];

    /// <summary>A script of tests/targets/web.</summary>
    public static string Script(string name) => Path.Combine(Repository.Root, "tests", "targets", "web", name);

    /// <summary>A program of the machine, or one that was prepared: its name then begins with <c>web/</c>.</summary>
    public static string Executable(string program) => program.StartsWith("web/", StringComparison.Ordinal) ? Path.Combine(Repository.Targets, program) : program;

    /// <summary>Null when the program is there; otherwise the reason to skip.</summary>
    public static string? Missing(string program) =>
        program.StartsWith("web/", StringComparison.Ordinal) ? Requirement.ForTarget(program) : Requirement.ForProgram(program);
}

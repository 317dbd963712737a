using System.Globalization;
using EndToEnd.Harness;

namespace Sdk.Tests;

/// <summary>
/// The desk of somebody who has the agent and the SDK's packages, and nothing of this repository: an empty folder, a local feed, a package cache of its
/// own. Packages of others come from those that this machine has already, so that no network is needed.
/// </summary>
public sealed class Workshop : IAsyncLifetime, IDisposable
{
    /// <summary>The tests that share it; one after another, because the packages are built in the repository.</summary>
    public const string Collection = "workshop";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = [];

    /// <summary>The packages; made by the first block of the tutorial, too.</summary>
    public string Feed => _folder.File("feed");

    /// <summary>An empty folder below this one, whose nuget.config holds for it.</summary>
    public string Room(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;

    public async Task InitializeAsync()
    {
        string machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        _folder.Write("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="machine" value="{machine}" /><add key="beyla" value="{Feed}" /></packageSources>
              <packageSourceMapping>
                <clear />
                <packageSource key="beyla"><package pattern="Beyla.*" /></packageSource>
                <packageSource key="machine"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        string tools = Room("tools");
        File.CreateSymbolicLink(Path.Combine(tools, "beyla"), Repository.Agent);
        string sudo = _folder.Write("tools/sudo", "#!/bin/sh\nexec \"$@\"\n");
        if (OperatingSystem.IsLinux()) File.SetUnixFileMode(sudo, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _environment["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}";
        _environment["NUGET_PACKAGES"] = _folder.File("packages");
        _environment["BEYLA"] = Repository.Root;
        _environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = _environment["DOTNET_NOLOGO"] = "1";
        // Build servers of other tests would keep our folders open, and ours would outlive us.
        _environment["MSBUILDDISABLENODEREUSE"] = "1";
        _environment["UseSharedCompilation"] = "false";
        // What the test host was told by its own build says nothing of these.
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
            if (name.StartsWith("MSBuild", StringComparison.Ordinal) || name is "DOTNET_HOST_PATH" or "BEYLA_APPROVE") _environment[name] = null;
        await RunAsync(_folder.Path, "\"$BEYLA/sdk/pack.sh\" feed");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a script to its end; fails with what it wrote unless its exit code is the expected one.</summary>
    /// <returns>What it wrote to stdout.</returns>
    internal async Task<string> RunAsync(string folder, string script, int exitCode = 0)
    {
        await using ChildProcess bash = Start(folder, script);
        await bash.ExitAsync(TimeSpan.FromMinutes(10));
        Assert.True(bash.ExitCode == exitCode, $"{script}\n{bash}");
        return string.Join('\n', bash.Output.Lines);
    }

    /// <summary>Runs a script until its output has some lines that match, then ends all that it started.</summary>
    internal async Task RunUntilAsync(string folder, string script, string line, int count)
    {
        // A group of its own: the signal reaches the agent, the target and nobody else.
        await using ChildProcess bash = ChildProcess.Start("setsid", ["bash", "-euo", "pipefail", "-c", script], _environment, folder);
        try
        {
            await Eventually.TrueAsync(
                () => bash.HasExited || bash.Output.Lines.Count(l => l.Contains(line, StringComparison.Ordinal)) >= count, Eventually.Soon * 2, bash.ToString);
            Assert.False(bash.HasExited, bash.ToString());
        }
        finally
        {
            ChildProcess.Signal(-bash.Pid, "TERM");
            await bash.ExitAsync(Eventually.Soon);
        }
    }

    /// <summary>The commands of a document: each block in <c>sh</c>, and how many spans it waits for before it is stopped; 0: it ends by itself.</summary>
    internal static IReadOnlyList<(string Script, int Spans)> Commands(string document)
    {
        List<(string, int)> blocks = [];
        List<string>? block = null;
        int spans = 0;
        foreach (string line in File.ReadLines(document))
        {
            if (line.StartsWith("<!-- until ", StringComparison.Ordinal)) spans = int.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
            else if (line == "```sh") block = [];
            else if (line == "```" && block is not null)
            {
                blocks.Add((string.Join('\n', block), spans));
                (block, spans) = (null, 0);
            }
            else block?.Add(line);
        }
        return blocks;
    }

    private ChildProcess Start(string folder, string script) => ChildProcess.Start("bash", ["-euo", "pipefail", "-c", script], _environment, folder);
}

using System.Text.Json;
using System.Text.Json.Serialization;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>
/// A target that does what the lines of its stdin ask for, one JSON object each, and answers each with one JSON line (tests/targets/commands).
/// It does nothing on its own, so the agent can attach before the first thing happens.
/// </summary>
internal sealed class CommandProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly ChildProcess _process;
    private TemporaryFolder? _folder;
    private int _read;

    private CommandProcess(ChildProcess process) => _process = process;

    /// <summary>Process id.</summary>
    public int Pid => _process.Pid;

    /// <summary>The process.</summary>
    public ChildProcess Process => _process;

    /// <summary>Starts a copy of the program, so that an agent can select it by its path and gets nobody else's; waits until it takes commands.</summary>
    public static async Task<CommandProcess> StartCopyAsync(Release release, params string[] arguments)
    {
        TemporaryFolder folder = new();
        try
        {
            CommandProcess started = await StartAsync(release.CopyTo(folder, Path.GetFileName(release.Path)), arguments);
            started._folder = folder;
            return started;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Starts the program and waits until it takes commands.</summary>
    public static async Task<CommandProcess> StartAsync(string path, params string[] arguments)
    {
        CommandProcess started = new(ChildProcess.Start(path, arguments));
        try
        {
            string line = await started.LineAsync();
            Assert.True(line == "ready", $"{path} said '{line}', not 'ready'");
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
        return started;
    }

    /// <summary>Sends a command, in snake case without its nulls, and waits for the answer.</summary>
    public async Task<T> AskAsync<T>(object command)
    {
        await TellAsync(command);
        return await AnswerAsync<T>();
    }

    /// <summary>Sends a command without waiting, for what happens meanwhile.</summary>
    public Task TellAsync(object command) => _process.WriteLineAsync(JsonSerializer.Serialize(command, s_json));

    /// <summary>Waits for the answer to the oldest command that has none yet.</summary>
    public async Task<T> AnswerAsync<T>()
    {
        string line = await LineAsync();
        Assert.False(line.StartsWith("{\"error\":", StringComparison.Ordinal), $"{_process} refused a command: {line}");
        return JsonSerializer.Deserialize<T>(line, s_json)!;
    }

    private async Task<string> LineAsync()
    {
        int index = _read++;
        await Eventually.TrueAsync(
            () => _process.Output.Lines.Count > index || _process.HasExited, TimeSpan.FromMinutes(1), () => $"line {index + 1} did not come. {_process}");
        IReadOnlyList<string> lines = _process.Output.Lines;
        Assert.True(lines.Count > index, $"it ended without an answer. {_process}");
        return lines[index];
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder?.Dispose();
    }
}

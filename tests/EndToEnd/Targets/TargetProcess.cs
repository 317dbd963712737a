using System.Globalization;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>A server that a test started on a loopback port of its own, in a folder of its own.</summary>
internal sealed class TargetProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TemporaryFolder? _folder;

    private TargetProcess(ChildProcess process, int port, TemporaryFolder? folder)
    {
        (_process, Port, _folder) = (process, port, folder);
        Requests = new RequestClient(port);
    }

    /// <summary>Process id.</summary>
    public int Pid => _process.Pid;

    /// <summary>The port it serves HTTP on.</summary>
    public int Port { get; }

    /// <summary>Sends requests to it.</summary>
    public RequestClient Requests { get; }

    /// <summary>The process.</summary>
    public ChildProcess Process => _process;

    /// <summary>Starts a server and waits until it serves. Waiting sends no request, so it leaves no span.</summary>
    /// <param name="path">The executable.</param>
    /// <param name="port">The port that it is told to serve on.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="serving">What the line says with which it announces that it serves; null: an open port is enough.</param>
    /// <param name="folder">Its folder, also HOME; deleted at the end.</param>
    /// <param name="variables">Further variables of its environment.</param>
    public static async Task<TargetProcess> StartAsync(
        string path, int port, IEnumerable<string> arguments, string? serving = null, TemporaryFolder? folder = null,
        IReadOnlyDictionary<string, string>? variables = null)
    {
        Dictionary<string, string?> environment = new() { ["HOME"] = folder?.Path, ["XDG_DATA_HOME"] = null, ["XDG_CONFIG_HOME"] = null };
        if (folder is null) environment.Clear();
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>()) environment[name] = value;
        ChildProcess process = ChildProcess.Start(path, arguments, environment, folder?.Path);
        TargetProcess target = new(process, port, folder);
        try
        {
            await LoopbackPort.OpenAsync(port, Eventually.Soon, process.ToString);
            if (serving is not null)
                await Eventually.TrueAsync(
                    () => process.Error.Lines.Concat(process.Output.Lines).Any(l => l.Contains(serving, StringComparison.Ordinal)),
                    Eventually.Soon, () => $"no line says '{serving}'. {process}");
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
        return target;
    }

    /// <summary>It has worker processes, which would outlive its SIGKILL: it is asked to end instead.</summary>
    public bool HasWorkers { get; set; }

    /// <summary>SIGKILL, and the wait for the end.</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Requests.Dispose();
        if (HasWorkers)
        {
            _process.Signal("TERM");
            await _process.ExitAsync(Eventually.Soon);
        }
        await _process.DisposeAsync();
        _folder?.Dispose();
    }

    /// <summary>A port as a command line wants it.</summary>
    internal static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}

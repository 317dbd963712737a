using System.Globalization;
using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>tests/targets/routes: the same routes by every router, each on a port of its own. Each handler answers with its pattern.</summary>
internal sealed partial class RoutesTarget : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private RoutesTarget(ChildProcess process) => _process = process;

    /// <summary>Process id.</summary>
    public int Pid => _process.Pid;

    /// <summary>The port of each router: mux, gin, gorilla, chi, echo; only mux in builds without libraries.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; private set; } = new Dictionary<string, int>();

    /// <summary>Starts it and waits until all routers serve.</summary>
    public static async Task<RoutesTarget> StartAsync(Release release)
    {
        RoutesTarget target = new(ChildProcess.Start(release.Executable, []));
        try
        {
            await target._process.Output.WaitForAsync(Ready(), Eventually.Soon, target._process.ToString);
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
        target.Ports = target._process.Output.Lines.Select(l => Listening().Match(l)).Where(m => m.Success)
            .ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        return target;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex("^ready$")]
    private static partial Regex Ready();

    [GeneratedRegex(@"^(\w+) listening on 127\.0\.0\.1:(\d+)$")]
    private static partial Regex Listening();
}

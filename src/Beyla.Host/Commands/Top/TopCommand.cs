using System.Text.Json;
using Beyla.Host.Configuration;
using Beyla.Host.Control;

namespace Beyla.Host.Commands.Top;

/// <summary><c>beyla top</c>: services and routes by rate, errors and latency, of a running agent, until Ctrl-C.</summary>
/// <param name="Json">Print a JSON object for each interval.</param>
/// <param name="Socket">The agent's socket; null: the one agent that runs.</param>
/// <param name="Every">Length of an interval.</param>
/// <param name="Count">Number of intervals; null: until Ctrl-C.</param>
internal sealed record TopArguments(bool Json, string? Socket, TimeSpan Every, int? Count);

/// <inheritdoc cref="TopArguments"/>
internal sealed class TopCommand(TextWriter output, TextWriter error) : ICommandBody<TopArguments>
{
    private const string ClearScreen = "\e[H\e[J"; // cursor home, erase below (ECMA-48)

    public async Task<int> RunAsync(BeylaOptions options, TopArguments arguments, CancellationToken stop)
    {
        try
        {
            using ControlClient client = ControlClient.Ask(Socket(arguments), new ControlRequest("top", IntervalMs: (int)arguments.Every.TotalMilliseconds));
            bool redraws = !arguments.Json && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
            for (int i = 0; arguments.Count is not { } count || i < count; i++)
            {
                if (await client.ReadAsync(ControlJson.Default.TopReport, stop).ConfigureAwait(false) is not { } report) throw new IOException("the agent has ended");
                string text = arguments.Json ? JsonSerializer.Serialize(report, ControlJson.Default.TopReport) + "\n"
                    : redraws ? ClearScreen + TopTable.Render(report, Console.WindowWidth, Console.WindowHeight - 1)
                    : TopTable.Render(report, TopTable.WidthOfFiles, int.MaxValue) + "\n";
                await output.WriteAsync(text.AsMemory(), stop).ConfigureAwait(false);
            }
            return ExitCode.Ok;
        }
        catch (IOException e)
        {
            await error.WriteLineAsync($"beyla top: {e.Message}".AsMemory(), CancellationToken.None).ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private static string Socket(TopArguments arguments)
    {
        if (arguments.Socket is { } named) return named;
        IReadOnlyList<string> agents = ControlSocket.Find();
        return agents.Count switch
        {
            1 => agents[0],
            0 => throw new IOException("no agent runs that could be asked; start one with beyla run, and ask as root or as its user"),
            _ => throw new IOException($"several agents run; choose one with --socket: {string.Join(", ", agents)}"),
        };
    }
}

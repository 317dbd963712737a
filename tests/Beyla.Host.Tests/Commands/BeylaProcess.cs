using System.Diagnostics;

namespace Beyla.Host.Tests.Commands;

/// <summary>What a run of the built <c>beyla</c> left behind.</summary>
internal sealed record BeylaResult(int ExitCode, string Output, string Error);

/// <summary>Runs the built <c>beyla</c> as a child process, with no BEYLA_* or OTEL_* variable of the surroundings.</summary>
internal static class BeylaProcess
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "beyla");

    public static Task<BeylaResult> RunAsync(params string[] arguments) => RunAsync(Executable, [], arguments);

    public static async Task<BeylaResult> RunAsync(string program, Dictionary<string, string> environment, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("BEYLA_", StringComparison.Ordinal) || k.StartsWith("OTEL_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach ((string name, string value) in environment) start.Environment[name] = value;

        using Process process = Process.Start(start)!;
        using CancellationTokenSource deadline = new(Deadline);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new BeylaResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}

using System.Diagnostics;

namespace Beyla.Elf.Tests.Sites.Programs;

/// <summary>A program run for its output.</summary>
internal static class Command
{
    public static string Run(string path, IEnumerable<string> arguments, Dictionary<string, string?>? environment = null)
    {
        ProcessStartInfo start = new(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string? value) in environment ?? [])
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{path} ended with {process.ExitCode}: {errors.Result}");
        return output;
    }
}

using System.Diagnostics;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Commands;

namespace Beyla.Host.Tests.Configuration;

/// <summary>taplo, the checker behind TOML editors (npm's @taplo/cli): the oracle for what our JSON Schema says.</summary>
internal static class Taplo
{
    private static string Script { get; } = Path.Combine(RepositoryFolder.Path, "artifacts", "targets", "taplo", "node_modules", "@taplo", "cli", "dist", "cli.js");

    /// <summary>Null when it can run; otherwise the reason to skip.</summary>
    public static string? Missing { get; } = File.Exists(Script) ? null : "taplo is not there; run: tests/targets/fetch.sh taplo";

    /// <summary>Checks files, each given as text, against the schema.</summary>
    /// <returns>For each file what it complains about; empty: nothing.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<string> files, IReadOnlyList<(string Tracer, IReadOnlyList<TracerSetting> Settings)> tracers)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("beyla-taplo-");
        try
        {
            string schema = Path.Combine(folder.FullName, "schema.json");
            File.WriteAllText(schema, JsonText.Of(json => SettingsJsonSchema.Write(json, tracers)));
            string[] names = [.. files.Select((text, i) => Write(folder, i, text))];
            string output = Run(["lint", "--colors", "never", "--schema", $"file://{schema}", .. names]);
            return [.. names.Select(name => string.Join('\n', output.Split("error: ").Where(part => part.Contains($"{name}:", StringComparison.Ordinal))))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Write(DirectoryInfo folder, int number, string text)
    {
        string file = Path.Combine(folder.FullName, $"{number}.toml");
        File.WriteAllText(file, text);
        return file;
    }

    private static string Run(string[] arguments)
    {
        using Process taplo = Process.Start(new ProcessStartInfo("node", [Script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = taplo.StandardOutput.ReadToEndAsync(), error = taplo.StandardError.ReadToEndAsync();
        taplo.WaitForExit();
        string all = output.Result + error.Result;
        Assert.True(taplo.ExitCode is 0 or 1 && all.Contains("found files", StringComparison.Ordinal), all);
        return all;
    }
}

/// <summary>A test that asks <see cref="Taplo"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TaploFactAttribute : FactAttribute
{
    public TaploFactAttribute() => Skip = Taplo.Missing;
}

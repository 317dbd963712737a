using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Beyla.Testing;

namespace Beyla.Host.Commands.Plugins;

/// <summary><c>beyla plugin replay</c> and <c>test</c>: recorded events through a plugin's decoder. Needs no privileges and no target.</summary>
internal sealed class PluginReplay(BeylaOptions options, PluginHostServices host, TextWriter output)
{
    /// <summary>Prints the spans of a recording.</summary>
    /// <exception cref="PluginException">The plugin is refused.</exception>
    /// <exception cref="FormatException">The file is no recording.</exception>
    public int Print(string folder, string recording)
    {
        using PluginCatalog catalog = PluginProject.Load(folder, options, host);
        output.Write(GoldenSpans.Render(recording, catalog.Tracers));
        return ExitCode.Ok;
    }

    /// <summary>Compares the spans of every recording in a folder with the approved ones beside it.</summary>
    /// <returns>Failed when one differs or has no approved spans, or there is no recording.</returns>
    /// <exception cref="PluginException">The plugin is refused.</exception>
    /// <exception cref="FormatException">A file is no recording.</exception>
    public int Compare(string folder, string recordings)
    {
        using PluginCatalog catalog = PluginProject.Load(folder, options, host);
        string[] files = Directory.Exists(recordings) ? [.. Directory.GetFiles(recordings, "*" + GoldenSpans.Recording).Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0) throw PluginException.Refused($"{recordings} holds no *{GoldenSpans.Recording}. Make one with: beyla plugin record -o FILE");
        int failed = 0;
        foreach (string file in files)
        {
            string? difference = GoldenSpans.Difference(file, catalog.Tracers);
            output.WriteLine($"{(difference is null ? "passed" : "FAILED")}  {Path.GetFileName(file)}");
            if (difference is null) continue;
            failed++;
            output.WriteLine(difference);
        }
        output.WriteLine($"{files.Length - failed} passed, {failed} failed");
        return failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}

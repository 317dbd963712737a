using Beyla.Host.Plugins;

namespace Beyla.Host.Commands.Plugins;

/// <summary>Where a plugin lies that the user named by its own folder or by that of its project.</summary>
internal static class PluginProject
{
    private const string Output = "bin/plugins"; // as build/Plugin.props lays it out

    /// <summary>The drop-in folder, absolute.</summary>
    /// <exception cref="PluginException">There is none, or several.</exception>
    public static string BuiltFolder(string folder)
    {
        string path = Path.GetFullPath(folder);
        if (!Directory.Exists(path)) throw PluginException.Refused($"there is no folder {folder}.");
        if (File.Exists(Path.Combine(path, PluginManifest.FileName)) || Directory.EnumerateFiles(path, "*.dll").Any()) return path;
        string built = Path.Combine(path, Output);
        string[] found = Directory.Exists(built) ? [.. Directory.EnumerateDirectories(built).Where(d => File.Exists(Path.Combine(d, PluginManifest.FileName)))] : [];
        return found switch
        {
            [string only] => only,
            [] => throw PluginException.Refused($"{folder} holds no {PluginManifest.FileName}, and no plugin in {Output}. Run dotnet build there."),
            _ => throw PluginException.Refused($"{folder} holds several plugins in {Output}; name one of {string.Join(", ", found)}."),
        };
    }

    /// <summary>Loads one folder as <c>run</c> would, and throws for what makes it unusable.</summary>
    /// <exception cref="PluginException">It was refused; the message is the reason.</exception>
    public static PluginCatalog Load(string folder, Configuration.BeylaOptions options, PluginHostServices host)
    {
        PluginCatalog catalog = PluginCatalog.LoadFolder(folder, options, host with { Loggers = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance });
        if (catalog.Records[0] is not { State: PluginState.Refused or PluginState.Failed } bad) return catalog;
        catalog.Dispose();
        throw PluginException.Refused($"{folder}: {Word(bad.State)}: {bad.Reason}");
    }

    private static string Word(PluginState state) => state == PluginState.Failed ? "failed" : "refused";
}

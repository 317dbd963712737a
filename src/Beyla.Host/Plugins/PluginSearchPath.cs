namespace Beyla.Host.Plugins;

/// <summary>Finds plugin folders below the search paths, in the order of the paths, each path's folders by name.</summary>
internal static class PluginSearchPath
{
    /// <summary>Where plugins are looked for when nobody says otherwise.</summary>
    public static string Default => Path.Combine(AppContext.BaseDirectory, "plugins");

    /// <summary>The plugin folders of a search path; the path itself when it is a plugin's folder.</summary>
    /// <exception cref="PluginException">It does not exist or cannot be listed.</exception>
    public static IReadOnlyList<string> Folders(string path)
    {
        if (!Directory.Exists(path)) throw PluginException.Refused("this search path for plugins does not exist or is not a folder.");
        if (File.Exists(Path.Combine(path, PluginManifest.FileName))) return [path];
        try
        {
            // Names with a dot are folders in the making.
            return [.. Directory.EnumerateDirectories(path).Where(d => !Path.GetFileName(d).StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException)
        {
            throw PluginException.Refused("this search path for plugins may not be listed. Run as root or change its permissions.");
        }
    }
}

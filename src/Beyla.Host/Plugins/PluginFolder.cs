using Beyla.Host.Plugins.Trust;

namespace Beyla.Host.Plugins;

/// <summary>
/// A plugin's folder. Every file that is loaded comes through <see cref="Read"/>: the bytes whose hash is compared are the bytes that are
/// loaded, so a file cannot be replaced in between.
/// </summary>
internal sealed class PluginFolder
{
    private PluginFolder(string path, PluginManifest? manifest, string entry) => (Path, Manifest, Entry) = (path, manifest, entry);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>The manifest, if there is one.</summary>
    public PluginManifest? Manifest { get; }

    /// <summary>File name of the assembly with the tracers.</summary>
    public string Entry { get; }

    /// <summary>Reads the manifest, asks the operator's policy and finds the entry assembly.</summary>
    /// <exception cref="PluginException">The folder is not a plugin's, or the policy refuses it.</exception>
    public static PluginFolder Open(string path, PluginPolicy policy)
    {
        string manifestPath = System.IO.Path.Combine(path, PluginManifest.FileName);
        byte[]? bytes = File.Exists(manifestPath) ? File.ReadAllBytes(manifestPath) : null;
        PluginManifest? manifest = bytes is null ? null : PluginManifest.Parse(bytes);
        policy.MustAccept(path, manifest is null ? null : (manifest, bytes!));
        return new(path, manifest, manifest?.Entry ?? FindEntry(path));
    }

    /// <summary>Compares all files with the manifest, if there is one.</summary>
    /// <exception cref="PluginException">A file is missing or was changed after the build.</exception>
    public void Verify()
    {
        foreach (string file in Manifest?.Hashes.Keys ?? []) Read(file);
    }

    /// <summary>Reads a file of the folder.</summary>
    /// <param name="file">Path relative to the folder.</param>
    /// <exception cref="PluginException">It is missing, is not what the manifest says, or there is a manifest that does not know it.</exception>
    public byte[] Read(string file)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(System.IO.Path.Combine(Path, file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw PluginException.Refused($"{file} is missing. Copy the whole folder again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PluginException.Refused($"{file} cannot be read: {e.Message}");
        }
        return Manifest is null ? content : Manifest.Checked(file, content);
    }

    /// <summary>Without a manifest the entry is the assembly named like the folder, or the only one.</summary>
    private static string FindEntry(string path)
    {
        string[] assemblies = [.. Directory.EnumerateFiles(path, "*.dll").Select(f => System.IO.Path.GetFileName(f)!).Order()];
        string named = System.IO.Path.GetFileName(path) + ".dll";
        return assemblies switch
        {
            [] => throw PluginException.Refused($"holds no assembly (expected {named} or a {PluginManifest.FileName})."),
            [string only] => only,
            _ when assemblies.Contains(named) => named,
            _ => throw PluginException.Refused($"holds several assemblies, none is {named}, and no {PluginManifest.FileName} says which is the plugin."),
        };
    }
}

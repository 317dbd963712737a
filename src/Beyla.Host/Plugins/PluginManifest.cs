using Beyla.Host.Configuration.Toml;
using Beyla.Host.Plugins.Permissions;

namespace Beyla.Host.Plugins;

/// <summary><c>plugin.toml</c>: what the build of a plugin says about its folder.</summary>
/// <param name="Id">Identity, unique in the host.</param>
/// <param name="Version">Version of the plugin.</param>
/// <param name="Entry">File name of the assembly with the tracers.</param>
/// <param name="Hashes">SHA-256 in hex by path relative to the folder.</param>
/// <param name="Contract">Contract version it was built for, as the build says; the assembly's own attribute decides.</param>
/// <param name="Permissions">What it declares.</param>
internal sealed record PluginManifest(
    string Id, string? Version, string Entry, IReadOnlyDictionary<string, string> Hashes, string? Contract, PluginPermissions Permissions)
{
    /// <summary>Its file name.</summary>
    public const string FileName = "plugin.toml";

    /// <summary>File with its detached Ed25519 signature, if there is one.</summary>
    public const string SignatureName = FileName + ".sig";

    /// <summary>Reads a manifest. Keys that this host does not know are left to newer ones.</summary>
    /// <exception cref="PluginException">It is malformed or incomplete.</exception>
    public static PluginManifest Parse(byte[] utf8)
    {
        TomlTable root;
        try
        {
            root = TomlDocument.Parse(utf8, FileName).Root;
        }
        catch (TomlException e)
        {
            throw PluginException.Refused($"{e.Message}.");
        }
        PluginManifest manifest = new(
            Text(root, "id") ?? throw Lacks("id"), Text(root, "version"), Text(root, "entry") ?? throw Lacks("entry"), HashesOf(root),
            Text(root, "contract"), PluginPermissions.Parse(root));
        foreach (string file in manifest.Hashes.Keys)
            if (Path.IsPathRooted(file) || file.Split('/', '\\').Contains(".."))
                throw PluginException.Refused($"{FileName} names '{file}', which is outside of the folder.");
        return manifest.Hashes.ContainsKey(manifest.Entry)
            ? manifest
            : throw PluginException.Refused($"{FileName} has no SHA-256 of the entry assembly '{manifest.Entry}'. Build the plugin again.");
    }

    /// <summary>The content of a file, if it is what the build made.</summary>
    /// <exception cref="PluginException">It is another, or not listed.</exception>
    public byte[] Checked(string file, byte[] content)
    {
        if (!Hashes.TryGetValue(file, out string? hash))
            throw PluginException.Refused($"{file} is not listed in {FileName}. Build the plugin again, or remove the file.");
        return Convert.ToHexString(Sha256.Hash(content)).Equals(hash, StringComparison.OrdinalIgnoreCase)
            ? content
            : throw PluginException.Refused($"{file} does not match its SHA-256 in {FileName}: it was changed after the build. Copy the whole folder again.");
    }

    private static Dictionary<string, string> HashesOf(TomlTable root)
    {
        if (!root.TryGet("sha256", out TomlEntry entry)) return [];
        return entry.Value is TomlTable table
            ? table.Entries.Keys.ToDictionary(file => file, file => Text(table, file)!)
            : throw Mistyped(entry, "sha256", "a table");
    }

    private static string? Text(TomlTable table, string key) => !table.TryGet(key, out TomlEntry entry) ? null
        : entry.Value is TomlString text ? text.Value
        : throw Mistyped(entry, key, "a string");

    private static PluginException Lacks(string key) => PluginException.Refused($"{FileName} has no '{key}'. Build the plugin again.");

    internal static PluginException Mistyped(TomlEntry entry, string key, string expected) =>
        PluginException.Refused($"{FileName}:{entry.Value.Position}: '{key}' must be {expected}, not {entry.Value.TypeName}. Build the plugin again.");
}

using Beyla.Ebpf;
using Beyla.Host.Plugins.Trust;

namespace Beyla.Host.Plugins.Packages;

/// <summary>A folder of the search path as a place to install to. Whoever looks into it sees a plugin whole, old or new, at any moment.</summary>
/// <param name="path">The folder.</param>
/// <param name="policy">What may be installed.</param>
internal sealed class PluginStore(string path, PluginPolicy policy)
{
    private readonly string _path = Path.GetFullPath(path);

    /// <summary>Puts a plugin in, or in the place of the one with its id.</summary>
    /// <param name="source">A .beyla file, or a folder.</param>
    /// <returns>What was done, for the user.</returns>
    /// <exception cref="PluginException">It is refused; nothing has changed.</exception>
    public string Install(string source)
    {
        // A name with a dot is passed over by who looks for plugins.
        string incoming = Path.Combine(_path, $".incoming-{Guid.NewGuid():N}");
        Directory.CreateDirectory(incoming);
        try
        {
            if (Directory.Exists(source)) Copy(source, incoming);
            else if (File.Exists(source)) PluginArchive.Unpack(source, incoming);
            else throw PluginException.Refused($"there is no file or folder {source}.");

            PluginFolder folder = PluginFolder.Open(incoming, policy);
            folder.Verify();
            PluginManifest manifest = folder.Manifest!;
            if (manifest.Contract is { } contract) ContractVersion.OfHost.MustRun(ContractVersion.Parse(contract));
            string target = Find(manifest.Id)?.Folder ?? Path.Combine(_path, FolderName(manifest.Id));
            bool replaces = Directory.Exists(target);
            if (replaces) KernelFiles.Exchange(incoming, target);
            else Directory.Move(incoming, target);
            return $"{(replaces ? "replaced" : "installed")} {manifest.Id} {manifest.Version} in {target}; running agents take it at their next start";
        }
        finally
        {
            if (Directory.Exists(incoming)) Directory.Delete(incoming, recursive: true);
        }
    }

    /// <summary>Takes a plugin out.</summary>
    /// <exception cref="PluginException">None of that id is there.</exception>
    public string Remove(string id)
    {
        if (Find(id) is not var (folder, _)) throw PluginException.Refused($"no plugin with the id '{id}' is in {_path}. See beyla plugin list.");
        string gone = Path.Combine(_path, $".removed-{Guid.NewGuid():N}");
        Directory.Move(folder, gone); // at once; deleting is not
        Directory.Delete(gone, recursive: true);
        return $"removed {id} from {_path}";
    }

    /// <summary>One line a plugin, read from the manifests: nothing is loaded.</summary>
    public string List()
    {
        string[] lines = [.. Folders().Select(Describe)];
        return lines.Length == 0 ? $"no plugin is in {_path}" : string.Join('\n', lines);
    }

    private string Describe(string folder)
    {
        try
        {
            PluginFolder opened = PluginFolder.Open(folder, policy);
            opened.Verify();
            string signed = File.Exists(Path.Combine(folder, PluginManifest.SignatureName)) ? ", signed" : "";
            return opened.Manifest is not { } m
                ? $"{Path.GetFileName(folder)}  no {PluginManifest.FileName}, not verified  {folder}"
                : $"{m.Id} {m.Version}  contract {m.Contract ?? "unknown"}, {m.Hashes.Count} files verified{signed}  {folder}";
        }
        catch (PluginException e)
        {
            return $"{Path.GetFileName(folder)}  refused: {e.Message}  {folder}";
        }
    }

    private (string Folder, PluginManifest Manifest)? Find(string id)
    {
        foreach (string folder in Folders())
        {
            string manifest = Path.Combine(folder, PluginManifest.FileName);
            try
            {
                if (File.Exists(manifest) && PluginManifest.Parse(File.ReadAllBytes(manifest)) is var parsed && parsed.Id == id) return (folder, parsed);
            }
            catch (PluginException)
            {
                // A manifest that cannot be read is nobody's; list tells of it.
            }
        }
        return null;
    }

    private IReadOnlyList<string> Folders() => Directory.Exists(_path) ? PluginSearchPath.Folders(_path) : [];

    /// <summary>The files that the manifest lists, and no other.</summary>
    private static void Copy(string source, string target)
    {
        string manifest = Path.Combine(source, PluginManifest.FileName);
        if (!File.Exists(manifest)) throw PluginException.Refused($"{source} has no {PluginManifest.FileName}. Build the plugin with Beyla.Sdk.");
        foreach (string name in PluginManifest.Parse(File.ReadAllBytes(manifest)).Hashes.Keys.Append(PluginManifest.FileName).Append(PluginManifest.SignatureName))
        {
            string from = Path.Combine(source, name), to = Path.Combine(target, name);
            if (!File.Exists(from)) continue; // whoever verifies the copy misses it, and says so
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
        }
    }

    private static string FolderName(string id) => id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && !id.StartsWith('.')
        ? id
        : throw PluginException.Refused($"its id '{id}' is no name for a folder: letters, digits, '-', '_' and '.' are.");
}

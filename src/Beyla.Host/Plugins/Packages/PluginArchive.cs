using System.IO.Compression;
using Beyla.Host.Plugins.Trust;

namespace Beyla.Host.Plugins.Packages;

/// <summary>
/// A plugin as one file, NAME.beyla: a zip with <c>plugin.toml</c>, the files that it lists, and on demand its detached signature
/// (<c>plugin.toml.sig</c>, Ed25519). The manifest's hashes make the signature one of everything.
/// </summary>
internal static class PluginArchive
{
    private const string Suffix = ".beyla";

    // A tracer with its dependencies is far below; a bomb is stopped while it is unpacked, whatever sizes it claims.
    private const int MostFiles = 1000;
    private const long MostBytes = 256 << 20;

    /// <summary>One time for all entries (the earliest that zip can tell): the same plugin gives the same file.</summary>
    private static readonly DateTimeOffset s_time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Packs a plugin's folder.</summary>
    /// <param name="folder">The folder, with a manifest.</param>
    /// <param name="file">The file to write; null: ID-VERSION.beyla in the working folder.</param>
    /// <param name="key">Private key to sign with, PEM; null: not signed.</param>
    /// <returns>What was written, for the user.</returns>
    /// <exception cref="PluginException">The folder has no manifest, or a file is not what it says.</exception>
    public static string Pack(string folder, string? file, string? key)
    {
        string manifestPath = Path.Combine(folder, PluginManifest.FileName);
        if (!File.Exists(manifestPath)) throw PluginException.Refused($"{folder} has no {PluginManifest.FileName}. Build the plugin with Beyla.Sdk.");
        byte[] bytes = File.ReadAllBytes(manifestPath);
        PluginManifest manifest = PluginManifest.Parse(bytes);
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal) { [PluginManifest.FileName] = bytes };
        foreach (string name in manifest.Hashes.Keys) files.Add(name, manifest.Checked(name, ReadFile(folder, name)));
        if (key is not null) files.Add(PluginManifest.SignatureName, Ed25519.Sign(Ed25519.PrivateKey(key), bytes));

        string target = file ?? $"{manifest.Id}-{manifest.Version ?? "0"}{Suffix}";
        using (ZipArchive zip = new(File.Create(target), ZipArchiveMode.Create))
            foreach ((string name, byte[] content) in files)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name);
                entry.LastWriteTime = s_time;
                using Stream stream = entry.Open();
                stream.Write(content);
            }
        return $"{target}: {manifest.Id} {manifest.Version}, {files.Count} files{(key is null ? "" : ", signed")}, SHA-256 of its manifest {Convert.ToHexStringLower(Sha256.Hash(bytes))}";
    }

    /// <summary>Unpacks into an empty folder. Nothing is written outside of it, and nothing that the manifest does not list.</summary>
    /// <exception cref="PluginException">It is no such archive, names other places, is too large, or a file is not what the manifest says.</exception>
    public static void Unpack(string file, string folder)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(file);
            if (zip.Entries.Count > MostFiles) throw PluginException.Refused($"{file} holds {zip.Entries.Count} files; a plugin has at most {MostFiles}.");
            long left = MostBytes;
            byte[] bytes = Read(zip.GetEntry(PluginManifest.FileName) ?? throw PluginException.Refused($"{file} holds no {PluginManifest.FileName}."), file, ref left);
            PluginManifest manifest = PluginManifest.Parse(bytes);
            Write(folder, PluginManifest.FileName, bytes);
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                if (entry.FullName == PluginManifest.FileName) continue;
                // The manifest names no place outside of the folder, so what is in it cannot lead there.
                if (entry.FullName != PluginManifest.SignatureName && !manifest.Hashes.ContainsKey(entry.FullName))
                    throw PluginException.Refused($"{file} holds '{entry.FullName}', which its {PluginManifest.FileName} does not list.");
                byte[] content = Read(entry, file, ref left);
                Write(folder, entry.FullName, entry.FullName == PluginManifest.SignatureName ? content : manifest.Checked(entry.FullName, content));
            }
        }
        catch (InvalidDataException e)
        {
            throw PluginException.Refused($"{file} is no {Suffix} file, or damaged: {e.Message}");
        }
    }

    private static byte[] Read(ZipArchiveEntry entry, string file, ref long left)
    {
        using Stream stream = entry.Open();
        using MemoryStream content = new();
        byte[] buffer = new byte[81920];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            left -= read;
            if (left < 0) throw PluginException.Refused($"{file} unpacks to more than {MostBytes >> 20} MiB; no plugin is that large.");
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }

    private static byte[] ReadFile(string folder, string name)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw PluginException.Refused($"{name} is missing. Build the plugin again.");
        }
    }

    private static void Write(string folder, string name, byte[] content)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream stream = new(path, FileMode.CreateNew); // an entry that stands there twice is refused by it
        stream.Write(content);
    }
}

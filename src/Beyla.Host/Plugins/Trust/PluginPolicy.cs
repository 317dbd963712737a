using Beyla.Host.Configuration;
using Beyla.Host.Plugins.Permissions;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Plugins.Trust;

/// <summary>What the operator accepts, <c>[plugins]</c>: asked for each folder before anything of the plugin is loaded.</summary>
internal sealed class PluginPolicy(PluginsOptions options)
{
    private readonly Glob[] _allow = [.. options.Allow.Select(pattern => new Glob(pattern))];

    /// <summary>Judges a folder: who could write to it, who vouches for it, and what it declares.</summary>
    /// <param name="folder">Absolute path.</param>
    /// <param name="manifest">Its manifest and that file's bytes; null: it has none.</param>
    /// <exception cref="PluginException">It is refused; the message says by which rule.</exception>
    public void MustAccept(string folder, (PluginManifest Manifest, byte[] Bytes)? manifest)
    {
        FolderGuard.RefuseLinksOutside(folder);
        if (OperatingSystem.IsLinux()) FolderGuard.RefuseForeignWriters(folder, strict: options.Trust == PluginTrust.Owner);
        if (options.Trust is PluginTrust.HashList or PluginTrust.Signed && manifest is null)
            throw PluginException.Refused($"it has no {PluginManifest.FileName}, which plugins.trust = \"{Word(options.Trust)}\" demands.");
        if (options.Trust == PluginTrust.HashList) RefuseUnlisted(manifest!.Value.Bytes);
        if (options.Trust == PluginTrust.Signed) RefuseUnsigned(folder, manifest!.Value.Bytes);
        RefuseDisallowed(manifest?.Manifest.Permissions ?? PluginPermissions.None);
    }

    /// <summary>Judges what a plugin declares.</summary>
    /// <exception cref="PluginException">The operator does not allow it.</exception>
    public void RefuseDisallowed(PluginPermissions declared)
    {
        string[] refused = [.. declared.Words.Where(word => !_allow.Any(a => a.IsMatch(word)))];
        if (refused.Length > 0)
            throw PluginException.Refused($"it declares {string.Join(", ", refused)}, which plugins.allow does not have. Add it there to load the plugin.");
    }

    /// <summary>Judges a signature, or the lack of one.</summary>
    /// <param name="manifest">Bytes of <c>plugin.toml</c>.</param>
    /// <param name="signature">Bytes of <c>plugin.toml.sig</c>; null: there is none.</param>
    /// <exception cref="PluginException">It is no signature by one of the keys.</exception>
    public void RefuseUnsigned(byte[] manifest, byte[]? signature)
    {
        if (options.Keys.Count == 0) throw PluginException.Refused("plugins.trust is \"signed\", but plugins.keys names no key. Add the public key of who you trust.");
        if (signature is null) throw PluginException.Refused($"it is not signed ({PluginManifest.SignatureName} is missing), and plugins.trust is \"signed\".");
        if (!options.Keys.Any(key => Ed25519.IsSignature(Ed25519.PublicKey(key), manifest, signature)))
            throw PluginException.Refused($"{PluginManifest.SignatureName} is no signature of {PluginManifest.FileName} by any of plugins.keys.");
    }

    /// <summary>Whether the trust demands a signature.</summary>
    public bool WantsSignature => options.Trust == PluginTrust.Signed;

    private void RefuseUnsigned(string folder, byte[] manifest)
    {
        string path = Path.Combine(folder, PluginManifest.SignatureName);
        RefuseUnsigned(manifest, File.Exists(path) ? File.ReadAllBytes(path) : null);
    }

    private void RefuseUnlisted(byte[] manifest)
    {
        string hash = Convert.ToHexStringLower(Sha256.Hash(manifest));
        if (!options.Hashes.Contains(hash, StringComparer.OrdinalIgnoreCase))
            throw PluginException.Refused($"the SHA-256 of its {PluginManifest.FileName}, {hash}, is not in plugins.hashes. Add it there to load the plugin.");
    }

    private static string Word(PluginTrust trust) => trust == PluginTrust.HashList ? "hash-list" : "signed";
}

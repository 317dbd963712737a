using Beyla.Host.Plugins.Trust;

namespace Beyla.Host.Configuration;

/// <summary><c>[plugins]</c>: which plugins are accepted (docs/security.md).</summary>
internal sealed class PluginsOptions
{
    /// <summary>Who must vouch for a plugin.</summary>
    public PluginTrust Trust { get; init; } = PluginTrust.Any;

    /// <summary>
    /// Patterns of the permissions that plugins may declare, like <c>helper:bpf_send_signal</c>. The default leaves out helpers: they are granted by name.
    /// </summary>
    public IReadOnlyList<string> Allow { get; init; } = ["attach:*", "payload:*"];

    /// <summary>SHA-256 of accepted manifests, hex, for <see cref="PluginTrust.HashList"/>.</summary>
    public IReadOnlyList<string> Hashes { get; init; } = [];

    /// <summary>Files with public keys, PEM, for <see cref="PluginTrust.Signed"/>.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];
}

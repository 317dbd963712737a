namespace Beyla.Host.Plugins.Trust;

/// <summary>What makes a plugin acceptable: <c>plugins.trust</c>. Each kind demands what <see cref="Any"/> does, and more.</summary>
internal enum PluginTrust
{
    /// <summary>Whatever lies in the search path. An agent with privileges still refuses what every user could have put there.</summary>
    Any,

    /// <summary>Folder and files belong to root or to the agent's user, and nobody else may write to them, nor to the folder around them.</summary>
    Owner,

    /// <summary>The SHA-256 of <c>plugin.toml</c>, which holds those of all files, is in <c>plugins.hashes</c>.</summary>
    HashList,

    /// <summary><c>plugin.toml.sig</c> is a signature of <c>plugin.toml</c> by one of <c>plugins.keys</c>.</summary>
    Signed,
}

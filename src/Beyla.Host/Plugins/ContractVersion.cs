using System.Globalization;

namespace Beyla.Host.Plugins;

/// <summary>A version of the plugin contract, <c>major.minor</c>.</summary>
internal readonly record struct ContractVersion(int Major, int Minor)
{
    /// <summary>The version this host speaks.</summary>
    public static ContractVersion OfHost { get; } = Parse(Contract.Version);

    /// <summary>Reads <c>1.0</c>.</summary>
    /// <exception cref="PluginException">It is not two numbers.</exception>
    public static ContractVersion Parse(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 2 && Number(parts[0], out int major) && Number(parts[1], out int minor)
            ? new(major, minor)
            : throw PluginException.Refused($"its contract version '{text}' is not of the form major.minor. Rebuild it with the Beyla build targets.");
    }

    /// <summary>Whether a host of this version runs plugins built for <paramref name="plugin"/>.</summary>
    /// <exception cref="PluginException">It does not; the reason says which side to upgrade.</exception>
    public void MustRun(ContractVersion plugin)
    {
        if (plugin.Major == Major && plugin.Minor <= Minor) return;
        bool pluginIsOlder = plugin.Major < Major;
        throw PluginException.Refused($"built for contract {plugin}, this host speaks {this}. " + (pluginIsOlder
            ? $"Rebuild the plugin for contract {Major}.x."
            : $"Upgrade the host, or rebuild the plugin for contract {this}."));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

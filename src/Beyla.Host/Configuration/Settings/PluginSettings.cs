using Beyla.Host.Plugins.Trust;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Configuration.Settings;

/// <summary>The settings of <c>[plugins]</c>.</summary>
internal static class PluginSettings
{
    private static readonly PluginsOptions Defaults = new();

    public static readonly Setting<PluginTrust> Trust = new(
        new ChoiceType<PluginTrust>(
            ("any", PluginTrust.Any), ("owner", PluginTrust.Owner), ("hash-list", PluginTrust.HashList), ("signed", PluginTrust.Signed)),
        Defaults.Trust)
    {
        Key = "plugins.trust",
        Environment = ["BEYLA_PLUGINS_TRUST"],
        Description = "Which plugins are loaded: any in the search path, those that only owner and root can change, those in plugins.hashes, those signed by plugins.keys.",
    };

    public static readonly Setting<IReadOnlyList<string>> Allow = new(new TextsType(), Defaults.Allow)
    {
        Key = "plugins.allow",
        Environment = ["BEYLA_PLUGINS_ALLOW"],
        Description = "Permissions that plugins may declare, with * for any text: attach:KIND, helper:NAME, payload:CLASS.",
        Check = patterns => patterns.Select(Wrong).FirstOrDefault(wrong => wrong is not null),
    };

    public static readonly Setting<IReadOnlyList<string>> Hashes = new(new TextsType(), Defaults.Hashes)
    {
        Key = "plugins.hashes",
        Environment = ["BEYLA_PLUGINS_HASHES"],
        Description = "For plugins.trust = \"hash-list\": the SHA-256, in hex, of the plugin.toml of each plugin that is accepted.",
        Check = hashes => hashes.FirstOrDefault(h => h.Length != 64 || !h.All(char.IsAsciiHexDigit)) is { } wrong ? $"'{wrong}' is no SHA-256 in hex" : null,
    };

    public static readonly Setting<IReadOnlyList<string>> Keys = new(new TextsType(), Defaults.Keys)
    {
        Key = "plugins.keys",
        Environment = ["BEYLA_PLUGINS_KEYS"],
        Description = "For plugins.trust = \"signed\": files with the Ed25519 public keys (PEM) whose signatures are accepted.",
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Trust, Allow, Hashes, Keys];

    private static string? Wrong(string pattern)
    {
        if (pattern.Split(':')[0] is not ("attach" or "helper" or "payload" or "*")) return $"'{pattern}' does not begin with attach:, helper: or payload:";
        try
        {
            _ = new Glob(pattern);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}

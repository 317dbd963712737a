using Microsoft.Extensions.Configuration;

namespace Beyla.Host.Configuration.Sources;

/// <summary>A source of values that knows where each of them was written.</summary>
internal abstract class SettingsProvider : ConfigurationProvider
{
    private readonly Dictionary<string, SettingOrigin> _origins = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The origin of a value that this source gives.</summary>
    public SettingOrigin OriginOf(string path) => _origins[path];

    /// <summary>Gives a value.</summary>
    /// <param name="path">Key, its parts separated by colons.</param>
    /// <param name="text">As text for the setting's type.</param>
    /// <param name="origin">Where it was written.</param>
    protected void Add(string path, string text, SettingOrigin origin)
    {
        Data[path] = text;
        _origins[path] = origin;
    }
}

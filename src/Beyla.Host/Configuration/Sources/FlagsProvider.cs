using Beyla.Host.Configuration.Settings;

namespace Beyla.Host.Configuration.Sources;

/// <summary>Values given on the command line.</summary>
internal sealed class FlagsProvider : SettingsProvider
{
    public FlagsProvider(IReadOnlyDictionary<Setting, string> flags)
    {
        foreach ((Setting setting, string text) in flags) Add(setting.Path, text, new SettingOrigin(SettingSource.Flag, setting.Flag));
    }
}

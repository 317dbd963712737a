using Beyla.Host.Configuration.Sources;

namespace Beyla.Host.Configuration.Tracers;

/// <summary>The values of one tracer's settings. It knows which one was asked for last: that is what a tracer complains about.</summary>
internal sealed class TracerSettingValues : ITracerSettings
{
    private readonly Dictionary<string, (TracerSettingType Type, object Value, SettingOrigin Origin)> _values = new(StringComparer.Ordinal);

    /// <summary>The setting that was read last and where its value was written; null: none was read.</summary>
    public (string Key, SettingOrigin Origin)? LastRead { get; private set; }

    public void Add(TracerSetting setting, object value, SettingOrigin origin) => _values.Add(setting.Key, (setting.Type, value, origin));

    /// <inheritdoc/>
    public bool Boolean(string key) => Get<bool>(key, TracerSettingType.Boolean);

    /// <inheritdoc/>
    public long Integer(string key) => Get<long>(key, TracerSettingType.Integer);

    /// <inheritdoc/>
    public string Text(string key) => Get<string>(key, TracerSettingType.Text);

    /// <inheritdoc/>
    public IReadOnlyList<string> Texts(string key) => Get<IReadOnlyList<string>>(key, TracerSettingType.Texts);

    /// <inheritdoc/>
    public TimeSpan Duration(string key) => Get<TimeSpan>(key, TracerSettingType.Duration);

    private T Get<T>(string key, TracerSettingType type)
    {
        if (!_values.TryGetValue(key, out var found) || found.Type != type)
            throw new ArgumentException($"the tracer has no {type} setting '{key}'; its Settings must list it.", nameof(key));
        LastRead = (key, found.Origin);
        return (T)found.Value;
    }
}

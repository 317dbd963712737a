using Beyla.Host.Configuration.Sources;

namespace Beyla.Host.Configuration;

/// <summary>Collects everything that is wrong with a configuration, so that the user sees all of it at once.</summary>
internal sealed class ConfigurationReport
{
    private readonly List<(SettingOrigin Origin, string Sentence)> _errors = [];
    private readonly List<string> _warnings = [];

    /// <summary>
    /// Mistakes with which nothing starts; each begins with its place, and comes once, though a variable may be read for several settings. Those of a
    /// file come first, in the order of the file.
    /// </summary>
    public IReadOnlyList<string> Errors =>
    [
        .. _errors
            .OrderBy(e => e.Origin.Source)
            .ThenBy(e => e.Origin.Position?.Line)
            .ThenBy(e => e.Origin.Position?.Column)
            .Select(e => $"{e.Origin}: {e.Sentence}")
            .Distinct(),
    ];

    /// <summary>Oddities that change nothing.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public void Error(SettingOrigin origin, string sentence) => _errors.Add((origin, sentence));

    public void Warning(string sentence) => _warnings.Add(sentence);
}

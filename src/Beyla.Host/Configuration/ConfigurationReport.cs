using Beyla.Host.Configuration.Sources;

namespace Beyla.Host.Configuration;

/// <summary>Collects everything that is wrong with a configuration, so that the user sees all of it at once.</summary>
internal sealed class ConfigurationReport
{
    private readonly List<(SettingOrigin Origin, string Sentence)> _errors = [];
    private readonly List<string> _warnings = [];

    /// <summary>Mistakes with which nothing starts; each begins with its place. Those of a file come first, in the order of the file.</summary>
    public IReadOnlyList<string> Errors =>
    [
        .. _errors
            .OrderBy(e => e.Origin.Source)
            .ThenBy(e => e.Origin.Position?.Line)
            .ThenBy(e => e.Origin.Position?.Column)
            .Select(e => $"{e.Origin}: {e.Sentence}"),
    ];

    /// <summary>Oddities that change nothing.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Takes a mistake. Of those at one place of a file only the first counts: the others follow from it.</summary>
    public void Error(SettingOrigin origin, string sentence)
    {
        if (origin.Position is null || !_errors.Exists(e => e.Origin == origin)) _errors.Add((origin, sentence));
    }

    public void Warning(string sentence) => _warnings.Add(sentence);
}

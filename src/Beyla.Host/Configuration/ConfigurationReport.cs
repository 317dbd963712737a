using Beyla.Host.Configuration.Sources;

namespace Beyla.Host.Configuration;

/// <summary>Something with which nothing starts.</summary>
/// <param name="Origin">Where it is written.</param>
/// <param name="Sentence">What is wrong and what to do, without the place.</param>
internal sealed record ConfigurationMistake(SettingOrigin Origin, string Sentence)
{
    /// <summary><c>beyla.toml:3:1: …</c></summary>
    public override string ToString() => $"{Origin}: {Sentence}";
}

/// <summary>Collects everything that is wrong with a configuration, so that the user sees all of it at once.</summary>
internal sealed class ConfigurationReport
{
    private readonly List<ConfigurationMistake> _mistakes = [];
    private readonly List<string> _warnings = [];

    /// <summary>
    /// Each comes once, though a variable may be read for several settings. Those of a file come first, in the order of the file.
    /// </summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes =>
        [.. _mistakes.Distinct().OrderBy(m => m.Origin.Source).ThenBy(m => m.Origin.Position?.Line).ThenBy(m => m.Origin.Position?.Column)];

    /// <summary><see cref="Mistakes"/> as text; each begins with its place.</summary>
    public IReadOnlyList<string> Errors => [.. Mistakes.Select(m => m.ToString())];

    /// <summary>Oddities that change nothing.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Takes a mistake. Of those at one place of a file only the first counts: the others follow from it.</summary>
    public void Error(SettingOrigin origin, string sentence)
    {
        if (origin.Position is null || !_mistakes.Exists(m => m.Origin == origin)) _mistakes.Add(new ConfigurationMistake(origin, sentence));
    }

    public void Warning(string sentence) => _warnings.Add(sentence);
}

namespace Beyla.Host.Configuration.Settings;

/// <summary>A key of the original's configuration that this program has not. In a file it is a mistake, as a variable only a warning; both say why.</summary>
/// <param name="Key">Dotted, as in the original's YAML; a table stands for all that is in it.</param>
/// <param name="Variables">The original's variables for it.</param>
/// <param name="Why">The rest of a sentence, without a full stop: what happens instead, and what to write.</param>
internal sealed record RefusedSetting(string Key, IReadOnlyList<string> Variables, string Why)
{
    /// <summary>Whether the dotted <paramref name="key"/> is this one or lies in this table.</summary>
    public bool Covers(string key) =>
        key.StartsWith(Key, StringComparison.Ordinal) && (key.Length == Key.Length || key[Key.Length] is '.' or '[');
}

using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>One of few words, in any case; where <c>true</c> and <c>false</c> are among them, in TOML also without quotes.</summary>
internal sealed class ChoiceType<T>(params (string Word, T Value)[] choices) : SettingType<T> where T : struct, Enum
{
    public override string Name => string.Join(" | ", choices.Select(c => c.Word));

    public override IReadOnlyList<string> Shapes => [.. JsonShape.Words(choices.Select(c => c.Word)), .. HasBooleans ? new[] { JsonShape.Boolean } : []];

    private bool HasBooleans => choices.Any(c => c.Word == "true");

    public override string FromToml(TomlValue value) => value is TomlBoolean { Value: var on } && HasBooleans ? (on ? "true" : "false") : base.FromToml(value);

    public override T Parse(string text)
    {
        foreach ((string word, T value) in choices)
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase)) return value;
        string[] words = [.. choices.Select(c => c.Word)];
        string meant = NearestName.Find(text, words) is { } near ? $"; did you mean '{near}'?" : "";
        throw new FormatException($"'{text}' is none of {string.Join(", ", words)}{meant}");
    }

    public override string Format(T value) => choices.First(c => EqualityComparer<T>.Default.Equals(c.Value, value)).Word;
}

namespace Beyla.Host.Configuration.Settings;

/// <summary>One of few words, or nothing.</summary>
internal sealed class OptionalChoiceType<T>(params (string Word, T Value)[] choices) : SettingType<T?> where T : struct, Enum
{
    private readonly ChoiceType<T> _choice = new(choices);

    public override string Name => _choice.Name;

    public override IReadOnlyList<string> Shapes => _choice.Shapes;

    public override T? Parse(string text) => _choice.Parse(text);

    public override string Format(T? value) => value is { } one ? _choice.Format(one) : "";
}

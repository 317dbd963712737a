using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Tracers;

/// <summary>How values of a <see cref="TracerSettingType"/> are read and written; the value itself is boxed.</summary>
/// <param name="Parse">Reads text. Throws <see cref="FormatException"/>.</param>
/// <param name="Read">Reads TOML. Throws <see cref="FormatException"/>.</param>
/// <param name="Format">Writes a value.</param>
/// <param name="None">What an empty default stands for.</param>
/// <param name="Shapes">As <see cref="SettingType{T}.Shapes"/>.</param>
internal sealed record TracerValueType(Func<string, object> Parse, Func<TomlValue, object> Read, Func<object, string> Format, object None, IReadOnlyList<string> Shapes)
{
    /// <summary>The type behind a word of the contract.</summary>
    public static TracerValueType Of(TracerSettingType type) => type switch
    {
        TracerSettingType.Boolean => From(new BooleanType(), false),
        TracerSettingType.Integer => From(new IntegerType(), 0),
        TracerSettingType.Text => From(new TextType(), ""),
        TracerSettingType.Texts => From(new TextsType(), []),
        TracerSettingType.Duration => From(new DurationType(), TimeSpan.Zero),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type of setting"),
    };

    /// <summary>The value of a default.</summary>
    /// <exception cref="FormatException">It is none of this type.</exception>
    public object Default(string text) => text.Length == 0 ? None : Parse(text);

    private static TracerValueType From<T>(SettingType<T> type, T none) =>
        new(text => type.Parse(text)!, value => type.ValueOf(value)!, value => type.Format((T)value), none!, type.Shapes);
}

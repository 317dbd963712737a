using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>
/// A type of value that a setting can have: how it reads from text (environment, flags) and from TOML, and how it is written again.
/// Every "no" is a <see cref="FormatException"/> whose message follows a colon: <c>BEYLA_OPEN_PORT: 'x' is not a port …</c>.
/// </summary>
internal abstract class SettingType<T>
{
    /// <summary>What a value is, for the documentation: <c>ports</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The shapes that a value may have in TOML: <see cref="JsonShape"/>; any of them.</summary>
    public virtual IReadOnlyList<string> Shapes => [JsonShape.Any];

    /// <summary>Reads a value from text that is not empty.</summary>
    /// <exception cref="FormatException">The sentence says what is wrong with the text and what a right one looks like.</exception>
    public abstract T Parse(string text);

    /// <summary>The text that <see cref="Parse"/> reads back.</summary>
    public abstract string Format(T value);

    /// <summary>The text for <see cref="Parse"/> of a TOML value.</summary>
    /// <exception cref="FormatException">The value has another type.</exception>
    public virtual string FromToml(TomlValue value) => value is TomlString text ? text.Value : throw Mistyped(value, "a string");

    /// <summary>Reads a TOML value.</summary>
    /// <exception cref="FormatException">The sentence says what is wrong.</exception>
    public virtual T Read(TomlValue value) => Parse(FromToml(value));

    /// <summary>As <see cref="FromToml"/>, but a string with expanded variables is taken as it is: it is the text of any type.</summary>
    /// <exception cref="FormatException">The value has another type.</exception>
    public string TextOf(TomlValue value) => value is TomlString { IsExpanded: true } text ? text.Value : FromToml(value);

    /// <summary>As <see cref="Read"/>, also of strings with expanded variables.</summary>
    /// <exception cref="FormatException">The sentence says what is wrong.</exception>
    public T ValueOf(TomlValue value) => value is TomlString { IsExpanded: true } text ? Parse(text.Value) : Read(value);

    protected static FormatException Mistyped(TomlValue value, string expected) => new($"{value.TypeName} stands where {expected} is expected");
}

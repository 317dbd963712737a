using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>An environment variable that gives a setting.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Translate">For a variable with words of its own: its text to the setting's text; empty when it says nothing about this setting. <see cref="FormatException"/>: malformed.</param>
internal sealed record EnvironmentName(string Name, Func<string, string>? Translate = null)
{
    public static implicit operator EnvironmentName(string name) => new(name);
}

/// <summary>One row of the table of settings: where a value may come from and what it means. See <see cref="KnownSettings"/>.</summary>
internal abstract class Setting
{
    /// <summary>Dotted TOML key: <c>discovery.poll_interval</c>; <c>[]</c> marks an array of tables, <c>&lt;name&gt;</c> any name.</summary>
    public required string Key { get; init; }

    /// <summary>Other TOML keys with the same meaning.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Environment variables, the strongest first.</summary>
    public IReadOnlyList<EnvironmentName> Environment { get; init; } = [];

    /// <summary>Flag of <c>run</c>: <c>--open-port</c>.</summary>
    public string? Flag { get; init; }

    /// <summary>The flag may be given more than once; the values are joined with colons.</summary>
    public bool Repeatable { get; init; }

    /// <summary>Placeholder of the flag's value in the help.</summary>
    public string Placeholder { get; init; } = "VALUE";

    /// <summary>One sentence for help and documentation.</summary>
    public required string Description { get; init; }

    /// <summary>False: only environment and flags, as the place of the file itself.</summary>
    public bool InFile { get; init; } = true;

    /// <summary>True: the value is not shown to anybody.</summary>
    public bool IsSecret { get; init; }

    /// <summary>True: a change takes effect while the agent runs; false: at the next start.</summary>
    public bool Live { get; init; }

    /// <summary>The type's name.</summary>
    public abstract string TypeName { get; }

    /// <summary>As <see cref="SettingType{T}.Shapes"/>.</summary>
    public abstract IReadOnlyList<string> Shapes { get; }

    /// <summary>The default as text; empty: not set.</summary>
    public abstract string DefaultText { get; }

    /// <summary>The key in its table: <c>poll_interval</c>.</summary>
    public string Name => Key[(Key.LastIndexOf('.') + 1)..];

    /// <summary>The key as Microsoft.Extensions.Configuration separates it.</summary>
    public string Path => Key.Replace('.', ':');

    /// <summary>Checks a text.</summary>
    /// <exception cref="FormatException">The sentence says what is wrong.</exception>
    public abstract void Validate(string text);

    /// <summary>The text of a TOML value.</summary>
    /// <exception cref="FormatException">It has another type.</exception>
    public abstract string FromToml(TomlValue value);
}

/// <summary>A setting with its type.</summary>
/// <param name="type">Reads and writes values.</param>
/// <param name="defaultValue">When no source gives a value.</param>
internal sealed class Setting<T>(SettingType<T> type, T defaultValue) : Setting
{
    public T Default { get; } = defaultValue;

    /// <summary>A further demand on values: a sentence that says what is wrong, or null.</summary>
    public Func<T, string?> Check { get; init; } = _ => null;

    public override string TypeName => type.Name;

    public override IReadOnlyList<string> Shapes => type.Shapes;

    public override string DefaultText => type.Format(Default);

    public override string FromToml(TomlValue value) => type.TextOf(value);

    public override void Validate(string text) => Parse(text);

    public string Format(T value) => type.Format(value);

    /// <summary>Reads a value.</summary>
    /// <exception cref="FormatException">The sentence says what is wrong.</exception>
    public T Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new FormatException("the value is empty; leave it out to keep the default");
        T value = type.Parse(text);
        return Check(value) is { } problem ? throw new FormatException(problem) : value;
    }
}

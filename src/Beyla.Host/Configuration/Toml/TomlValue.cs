using System.Globalization;

namespace Beyla.Host.Configuration.Toml;

/// <summary>A value of a TOML document, with the place where it is written. Scalars print as plain text.</summary>
internal abstract class TomlValue(TomlPosition position)
{
    /// <summary>Where the value begins.</summary>
    public TomlPosition Position { get; } = position;

    /// <summary>The type as it reads in a sentence: <c>an integer</c>.</summary>
    public abstract string TypeName { get; }
}

/// <summary>A string of any of the four kinds, escapes resolved.</summary>
internal sealed class TomlString(TomlPosition position, string value, bool isExpanded = false) : TomlValue(position)
{
    public string Value { get; } = value;

    /// <summary>Variables stand in it: whatever type is expected, the text is read like a variable's.</summary>
    public bool IsExpanded { get; } = isExpanded;

    public override string TypeName => "a string";

    public override string ToString() => Value;
}

/// <summary>An integer: decimal, hexadecimal, octal or binary.</summary>
internal sealed class TomlInteger(TomlPosition position, long value) : TomlValue(position)
{
    public long Value { get; } = value;

    public override string TypeName => "an integer";

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A float, <c>inf</c> and <c>nan</c> included.</summary>
internal sealed class TomlFloat(TomlPosition position, double value) : TomlValue(position)
{
    public double Value { get; } = value;

    public override string TypeName => "a float";

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class TomlBoolean(TomlPosition position, bool value) : TomlValue(position)
{
    public bool Value { get; } = value;

    public override string TypeName => "a boolean";

    public override string ToString() => Value ? "true" : "false";
}

/// <summary>The four date and time types of TOML.</summary>
internal enum TomlTimeKind
{
    OffsetDateTime,
    LocalDateTime,
    LocalDate,
    LocalTime,
}

/// <summary>A date or time. It is kept as checked RFC 3339 text: offsets up to ±23:59 are legal in TOML and fit no .NET type.</summary>
internal sealed class TomlTime(TomlPosition position, TomlTimeKind kind, string text) : TomlValue(position)
{
    public TomlTimeKind Kind { get; } = kind;

    /// <summary>With <c>T</c> between date and time and an upper-case <c>Z</c>.</summary>
    public string Text { get; } = text;

    public override string TypeName => Kind switch
    {
        TomlTimeKind.LocalDate => "a date",
        TomlTimeKind.LocalTime => "a time",
        _ => "a date-time",
    };

    public override string ToString() => Text;
}

/// <summary>An array of values, or the array that <c>[[name]]</c> headers build.</summary>
internal sealed class TomlArray(TomlPosition position, bool ofTables) : TomlValue(position)
{
    /// <summary>Built by <c>[[name]]</c> headers, which alone may extend it.</summary>
    public bool OfTables { get; } = ofTables;

    public List<TomlValue> Items { get; } = [];

    public override string TypeName => "an array";
}

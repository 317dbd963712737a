namespace Beyla.Host.Configuration.Toml;

/// <summary>A place in a TOML file; both numbers count from 1, columns in Unicode characters.</summary>
internal readonly record struct TomlPosition(int Line, int Column)
{
    /// <summary><c>12:1</c></summary>
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>A file that is not TOML 1.0.</summary>
/// <param name="fileName">The file as the user named it.</param>
/// <param name="position">Where it goes wrong.</param>
/// <param name="sentence">What is wrong and what to do.</param>
internal sealed class TomlException(string fileName, TomlPosition position, string sentence)
    : FormatException($"{fileName}:{position}: {sentence}")
{
    /// <summary>Where it goes wrong.</summary>
    public TomlPosition Position { get; } = position;

    /// <summary>The message without the place.</summary>
    public string Sentence { get; } = sentence;
}

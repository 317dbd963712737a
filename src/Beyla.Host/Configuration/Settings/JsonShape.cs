using System.Text.Json;

namespace Beyla.Host.Configuration.Settings;

/// <summary>Shapes that a value may have in TOML, as schemas of JSON Schema (draft 7), for editors. A shape is wider than the type where a schema cannot say all of it.</summary>
internal static class JsonShape
{
    /// <summary>A string with a variable in it: read like a variable's text, whatever the type.</summary>
    public const string Expanded = """{ "type": "string", "pattern": "\\$\\{" }""";

    /// <summary>Anything.</summary>
    public const string Any = "{}";

    /// <summary><c>true</c>, <c>false</c></summary>
    public const string Boolean = """{ "type": "boolean" }""";

    /// <summary>A whole number.</summary>
    public const string Integer = """{ "type": "integer" }""";

    /// <summary>Text that is not empty.</summary>
    public const string Text = """{ "type": "string", "minLength": 1 }""";

    /// <summary>An array of such.</summary>
    public const string Texts = """{ "type": "array", "items": { "type": "string" } }""";

    /// <summary>A whole number of at least <paramref name="minimum"/>.</summary>
    public static string AtLeast(int minimum) => $$"""{ "type": "integer", "minimum": {{minimum}} }""";

    /// <summary>Text of a form.</summary>
    /// <param name="pattern">A regular expression of JSON Schema (ECMA 262) for the whole text.</param>
    public static string Pattern(string pattern) => $$"""{ "type": "string", "pattern": {{Quoted($"^{pattern}$")}} }""";

    /// <summary>An array of one shape.</summary>
    public static string Array(string item) => $$"""{ "type": "array", "items": {{item}} }""";

    /// <summary>One of few words: first as they are offered, then in any case of letters.</summary>
    public static IReadOnlyList<string> Words(IEnumerable<string> words)
    {
        string[] all = [.. words];
        string anyCase = string.Join('|', all.Select(w => string.Concat(w.Select(c => char.IsAsciiLetter(c) ? $"[{char.ToUpperInvariant(c)}{char.ToLowerInvariant(c)}]" : $"{c}"))));
        return [$$"""{ "enum": [{{string.Join(", ", all.Select(Quoted))}}] }""", Pattern($"({anyCase})")];
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}

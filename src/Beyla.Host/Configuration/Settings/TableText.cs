using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>Text forms of tables whose keys the user chooses: entries separated by semicolons; in names and values <c>%XX</c> stands for what separates.</summary>
internal static class TableText
{
    private const string Separators = "%;,=!+";

    /// <summary>Escapes a name or value.</summary>
    public static string Escape(string text) => string.Concat(text.Select(c => Separators.Contains(c, StringComparison.Ordinal) ? Uri.HexEscape(c) : c.ToString()));

    /// <summary>The opposite of <see cref="Escape"/>.</summary>
    public static string Unescape(string text) => Uri.UnescapeDataString(text);

    /// <summary>The entries of a text.</summary>
    public static string[] Entries(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// The entries of a table with their whole names: a bare dotted key (<c>url.path = { match = "…" }</c>) is a table within a table.
    /// </summary>
    public static IEnumerable<(string Name, TomlValue Value)> Tables(TomlTable table, string prefix = "") => table.Entries.SelectMany(e =>
        e.Value.Value is TomlTable inner && inner.Entries.Count > 0 && inner.Entries.All(i => i.Value.Value is TomlTable)
            ? Tables(inner, $"{prefix}{e.Key}.")
            : [($"{prefix}{e.Key}", e.Value.Value)]);

    /// <summary>Checks the keys of an entry's table.</summary>
    /// <exception cref="FormatException">There is another key, or the entry is no table.</exception>
    public static TomlTable Table(string name, TomlValue value, params IReadOnlyList<string> keys)
    {
        if (value is not TomlTable table) throw new FormatException($"{value.TypeName} stands for '{name}' where a table with {string.Join(" or ", keys)} is expected");
        return table.Entries.Keys.FirstOrDefault(k => !keys.Contains(k)) is { } unknown
            ? throw new FormatException($"'{name}' has an unknown key '{unknown}'; known keys: {string.Join(", ", keys)}")
            : table;
    }
}

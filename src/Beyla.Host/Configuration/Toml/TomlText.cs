using System.Globalization;
using System.Text;

namespace Beyla.Host.Configuration.Toml;

/// <summary>Writes TOML 1.0: values first, then a header for each table, in the order in which the keys were added.</summary>
internal static class TomlText
{
    /// <summary>The text of a document.</summary>
    public static string Of(TomlTable root)
    {
        StringBuilder text = new();
        AppendTable(text, root, path: "");
        return text.ToString();
    }

    /// <summary>The text of a value, on one line.</summary>
    public static string Of(TomlValue value) => value switch
    {
        TomlString text => Quoted(text.Value),
        TomlFloat number => Float(number.Value),
        TomlArray array => $"[{string.Join(", ", array.Items.Select(Of))}]",
        TomlTable table => table.Entries.Count == 0 ? "{}" : $"{{ {string.Join(", ", table.Entries.Select(e => $"{Key(e.Key)} = {Of(e.Value.Value)}"))} }}",
        _ => value.ToString()!, // integers, booleans, dates and times
    };

    /// <summary>A part of a key, in quotes where it needs them.</summary>
    public static string Key(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? name : Quoted(name);

    private static void AppendTable(StringBuilder text, TomlTable table, string path)
    {
        foreach ((string key, TomlEntry entry) in table.Entries.Where(e => !HasHeader(e.Value.Value)))
            text.Append(CultureInfo.InvariantCulture, $"{Key(key)} = {Of(entry.Value)}\n");
        foreach ((string key, TomlEntry entry) in table.Entries.Where(e => HasHeader(e.Value.Value)))
        {
            string full = path.Length == 0 ? Key(key) : $"{path}.{Key(key)}";
            if (entry.Value is TomlArray array)
            {
                foreach (TomlTable item in array.Items.Cast<TomlTable>()) AppendSection(text, $"[[{full}]]", item, full);
            }
            else
            {
                TomlTable inner = (TomlTable)entry.Value;
                // A header for nothing but further headers would only be noise.
                if (inner.Entries.Count > 0 && inner.Entries.All(e => HasHeader(e.Value.Value))) AppendTable(text, inner, full);
                else AppendSection(text, $"[{full}]", inner, full);
            }
        }
    }

    private static void AppendSection(StringBuilder text, string header, TomlTable table, string path)
    {
        if (text.Length > 0) text.Append('\n');
        text.Append(header).Append('\n');
        AppendTable(text, table, path);
    }

    /// <summary>Inline tables and arrays of them stay in their line.</summary>
    private static bool HasHeader(TomlValue value) => value is TomlTable { Origin: not TomlTableOrigin.Inline } or TomlArray { OfTables: true, Items.Count: > 0 };

    private static string Float(double number) => number switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        double.NaN => "nan",
        _ => WithPoint(number.ToString("R", CultureInfo.InvariantCulture)),
    };

    /// <summary>Without a point or an exponent it would be an integer.</summary>
    private static string WithPoint(string number) => number.AsSpan().ContainsAny('.', 'E') ? number : $"{number}.0";

    /// <summary>Without escapes where possible: '…' shows a regular expression as it is.</summary>
    private static string Quoted(string text)
    {
        if (text.Contains('\\', StringComparison.Ordinal) && !text.Any(c => c == '\'' || !TomlScanner.IsText(c))) return $"'{text}'";
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (TomlScanner.IsText(c)) quoted.Append(c);
            else quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }
        return quoted.Append('"').ToString();
    }
}

using System.Text.RegularExpressions;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Sources;

/// <summary>
/// Puts environment variables into the strings of a file: <c>${NAME}</c>, <c>${NAME:-default}</c> when it is unset or empty (as in POSIX shells);
/// <c>$${</c> stands for <c>${</c>. Keys stay as they are, and what a variable holds is not expanded again.
/// </summary>
internal sealed partial class TomlExpansion
{
    private readonly IReadOnlyDictionary<string, string> _variables;
    private readonly ConfigurationReport _report;
    private readonly string _fileName;

    private TomlExpansion(string fileName, IReadOnlyDictionary<string, string> variables, ConfigurationReport report) =>
        (_fileName, _variables, _report) = (fileName, variables, report);

    /// <summary>The document with its variables expanded. What cannot be expanded is reported.</summary>
    public static TomlDocument Expand(TomlDocument document, IReadOnlyDictionary<string, string> variables, ConfigurationReport report) =>
        new(document.FileName, (TomlTable)new TomlExpansion(document.FileName, variables, report).Expand(document.Root));

    private TomlValue Expand(TomlValue value)
    {
        switch (value)
        {
            case TomlString text when text.Value.Contains("${", StringComparison.Ordinal):
                return Expand(text);
            case TomlArray array:
                TomlArray items = new(array.Position, array.OfTables);
                items.Items.AddRange(array.Items.Select(Expand));
                return items;
            case TomlTable table:
                TomlTable entries = new(table.Position, table.Origin);
                foreach ((string key, TomlEntry entry) in table.Entries) entries.Add(new TomlKeyPart(key, entry.KeyPosition), Expand(entry.Value));
                return entries;
            default:
                return value;
        }
    }

    private TomlString Expand(TomlString text)
    {
        bool expanded = false;
        string result = Reference().Replace(text.Value, match =>
        {
            if (match.Value == "$${") return "${";
            expanded = true;
            return Lookup(match, text.Position);
        });
        return new TomlString(text.Position, result, expanded);
    }

    private string Lookup(Match match, TomlPosition position)
    {
        string name = match.Groups["name"].Value;
        if (name.Length == 0)
            return Error("'${' begins no variable like ${NAME} or ${NAME:-default}; write $${ where the text itself holds ${");
        bool isSet = _variables.TryGetValue(name, out string? value);
        if (match.Groups["default"] is { Success: true } otherwise) return string.IsNullOrEmpty(value) ? otherwise.Value : value;
        return isSet ? value! : Error($"the environment variable {name} is not set; set it, or give a default like ${{{name}:-default}}");

        string Error(string sentence)
        {
            _report.Error(new SettingOrigin(SettingSource.File, _fileName, position), sentence);
            return match.Value;
        }
    }

    [GeneratedRegex(@"\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\}|\$\{")]
    private static partial Regex Reference();
}

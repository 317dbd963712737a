using Beyla.Host.Configuration.Toml;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Configuration.Settings;

/// <summary>
/// Demands on attributes: in TOML a table for each attribute with <c>match</c> or <c>not_match</c>, as text <c>url_path=/api/*;http.request.method!=OPTIONS</c>.
/// </summary>
internal sealed class AttributeRulesType : SettingType<IReadOnlyList<AttributeRule>>
{
    private const string Match = "match", NotMatch = "not_match";

    public override string Name => "attribute filters";

    public override IReadOnlyList<AttributeRule> Parse(string text) => [.. TableText.Entries(text).Select(Rule)];

    public override string Format(IReadOnlyList<AttributeRule> value) =>
        string.Join(';', value.Select(r => $"{TableText.Escape(r.Attribute)}{(r.Negated ? "!=" : "=")}{TableText.Escape(r.Pattern)}"));

    public override string FromToml(TomlValue value) => value is TomlTable table
        ? Format([.. TableText.Tables(table).Select(e => Rule(e.Name, e.Value))])
        : throw Mistyped(value, "a table of attributes");

    private static AttributeRule Rule(string name, TomlValue value)
    {
        TomlTable rule = TableText.Table(name, value, Match, NotMatch);
        if (rule.Entries.Count != 1) throw new FormatException($"'{name}' needs one of {Match} and {NotMatch}");
        (string key, TomlEntry entry) = rule.Entries.First();
        return entry.Value is TomlString pattern
            ? Checked(new AttributeRule(name, pattern.Value, key == NotMatch))
            : throw new FormatException($"{entry.Value.TypeName} stands for '{name}.{key}' where a string is expected");
    }

    private static AttributeRule Rule(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        bool negated = equals > 0 && text[equals - 1] == '!';
        string name = equals < 0 ? "" : TableText.Unescape(text[..(negated ? equals - 1 : equals)].Trim());
        return name.Length > 0
            ? Checked(new AttributeRule(name, TableText.Unescape(text[(equals + 1)..].Trim()), negated))
            : throw new FormatException($"'{text}' is not like attribute=glob or attribute!=glob");
    }

    private static AttributeRule Checked(AttributeRule rule)
    {
        _ = new Glob(rule.Pattern);
        return rule;
    }
}

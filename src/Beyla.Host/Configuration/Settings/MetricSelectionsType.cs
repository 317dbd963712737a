using Beyla.Host.Configuration.Toml;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Configuration.Settings;

/// <summary>
/// Attributes of metrics: in TOML a table for each metric with the lists <c>include</c> and <c>exclude</c>, as text
/// <c>http.server.*=url.path,!http.route;db_client_*=*</c>, where <c>!</c> excludes.
/// </summary>
internal sealed class MetricSelectionsType : SettingType<IReadOnlyList<MetricSelection>>
{
    private const string Include = "include", Exclude = "exclude";

    public override string Name => "attributes of metrics";

    public override IReadOnlyList<MetricSelection> Parse(string text) => [.. TableText.Entries(text).Select(Selection)];

    public override string Format(IReadOnlyList<MetricSelection> value) => string.Join(';', value.Select(s =>
        $"{TableText.Escape(s.Metric)}={string.Join(',', [.. s.Include.Select(TableText.Escape), .. s.Exclude.Select(e => "!" + TableText.Escape(e))])}"));

    public override string FromToml(TomlValue value) => value is TomlTable table
        ? Format([.. TableText.Tables(table).Select(e => Selection(e.Name, e.Value))])
        : throw Mistyped(value, "a table of metrics");

    private static MetricSelection Selection(string name, TomlValue value)
    {
        TomlTable table = TableText.Table(name, value, Include, Exclude);
        return Checked(new MetricSelection(name, Globs(table, Include), Globs(table, Exclude)));

        static IReadOnlyList<string> Globs(TomlTable table, string key) => table.TryGet(key, out TomlEntry entry) ? new TextsType().Read(entry.Value) : [];
    }

    private static MetricSelection Selection(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new FormatException($"'{text}' is not like metric=attribute,!attribute");
        ILookup<bool, string> globs = text[(equals + 1)..]
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ToLookup(g => g.StartsWith('!'), g => TableText.Unescape(g.TrimStart('!')));
        return Checked(new MetricSelection(TableText.Unescape(text[..equals].Trim()), [.. globs[false]], [.. globs[true]]));
    }

    private static MetricSelection Checked(MetricSelection selection)
    {
        foreach (string glob in selection.Include.Concat(selection.Exclude).Append(selection.Metric)) _ = new Glob(glob);
        return selection;
    }
}

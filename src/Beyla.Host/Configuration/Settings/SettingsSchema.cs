namespace Beyla.Host.Configuration.Settings;

/// <summary>What a key of the file is.</summary>
internal enum SchemaKind
{
    Unknown,
    Setting,
    Table,
    ArrayOfTables,

    /// <summary>The table of the tracers, which the plugins share.</summary>
    Tracers,

    /// <summary>A key of the original that this program has not: <see cref="RefusedSettings"/>.</summary>
    Refused,
}

/// <summary>The tree of tables that the dotted keys of <see cref="KnownSettings"/> span.</summary>
internal static class SettingsSchema
{
    private const string ArrayMark = "[]";

    private static readonly Dictionary<string, Setting> ByKey = KnownSettings.All
        .Where(s => s.InFile)
        .SelectMany(s => s.Aliases.Append(s.Key), (s, key) => (s, key))
        .ToDictionary(p => p.key, p => p.s, StringComparer.Ordinal);

    /// <summary>The setting of a dotted key.</summary>
    public static Setting? Find(string key) => ByKey.GetValueOrDefault(key);

    /// <summary>What <paramref name="name"/> is in the table <paramref name="table"/> (with its dot: <c>discovery.</c>; empty: top level).</summary>
    public static SchemaKind Kind(string table, string name)
    {
        // A quoted key may hold what separates the keys here.
        if (name.AsSpan().ContainsAny('.', '[', '<')) return SchemaKind.Unknown;
        string key = table + name;
        if (ByKey.ContainsKey(key)) return SchemaKind.Setting;
        if (key == KnownSettings.Tracers) return SchemaKind.Tracers;
        if (ByKey.Keys.Any(k => k.StartsWith(key + ".", StringComparison.Ordinal))) return SchemaKind.Table;
        if (ByKey.Keys.Any(k => k.StartsWith(key + ArrayMark, StringComparison.Ordinal))) return SchemaKind.ArrayOfTables;
        return RefusedSettings.Find(key) is null ? SchemaKind.Unknown : SchemaKind.Refused;
    }

    /// <summary>Whether a key of <c>[[discovery.services]]</c> selects processes.</summary>
    public static bool IsCriterion(string name) =>
        Find($"{KnownSettings.Services}{ArrayMark}.{name}") is { } setting
        && (setting == KnownSettings.ServicesOpenPorts || setting == KnownSettings.ServicesExePath);

    /// <summary>The second half of the sentence about an unknown key: the nearest key, else where such a key belongs, else all keys of the table.</summary>
    public static string Suggest(string table, string name)
    {
        string[] here = [.. Names(table)];
        if (NearestName.Find(name, here) is { } near) return $"did you mean '{near}'?";
        string[] elsewhere = [.. ByKey.Keys.Where(k => !k.StartsWith("tracers.", StringComparison.Ordinal))];
        string? last = NearestName.Find(name, elsewhere.Select(LastPart));
        if (last is not null) return $"did you mean '{elsewhere.First(k => LastPart(k) == last).Replace(ArrayMark, "", StringComparison.Ordinal)}'?";
        return $"known keys: {string.Join(", ", here)}";
    }

    /// <summary>The names that may stand in a table, named as for <see cref="Kind"/>.</summary>
    public static IEnumerable<string> Names(string table) => ByKey.Keys
        .Where(k => k.StartsWith(table, StringComparison.Ordinal))
        .Select(k => k[table.Length..].Split('.')[0].Replace(ArrayMark, "", StringComparison.Ordinal))
        .Distinct();

    private static string LastPart(string key) => key[(key.LastIndexOf('.') + 1)..];
}

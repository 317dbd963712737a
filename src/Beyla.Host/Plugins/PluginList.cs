using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Beyla.Host.Plugins;

/// <summary>The two forms of the list of plugins; the JSON form is promised in docs/formats.md.</summary>
internal static class PluginList
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>An array of objects <c>id version contract state reason tracers path</c>.</summary>
    public static string ToJson(IReadOnlyList<PluginRecord> records) => JsonSerializer.Serialize(records, Json);

    /// <summary>One aligned line a plugin, with its reason or note below.</summary>
    public static string ToTable(IReadOnlyList<PluginRecord> records, IReadOnlyList<string> searchPaths)
    {
        if (records.Count == 0) return $"no plugin found in {string.Join(", ", searchPaths)}";
        string[][] rows =
        [
            ["STATE", "ID", "VERSION", "CONTRACT", "TRACERS", "PATH"],
            .. records.Select(r => new[] { Word(r.State), r.Id, r.Version ?? "-", r.Contract ?? "-", Tracers(r), r.Path }),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length - 1).Select(column => rows.Max(r => r[column].Length))];

        StringBuilder table = new();
        for (int i = 0; i < rows.Length; i++)
        {
            for (int column = 0; column < widths.Length; column++) table.Append(rows[i][column].PadRight(widths[column] + 2));
            table.AppendLine(rows[i][^1]);
            if (i > 0 && records[i - 1].Reason is { } reason) table.Append(' ', widths[0] + 2).AppendLine(reason);
        }
        return table.ToString().TrimEnd();
    }

    private static string Word(PluginState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());

    private static string Tracers(PluginRecord record) => record.Tracers is [] ? "-" : string.Join(",", record.Tracers);
}

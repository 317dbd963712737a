using System.Globalization;
using System.Text.Json;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Tests.Configuration.Toml;

public class TomlSuiteTests
{
    [TomlSuiteFact]
    public void Parse_EveryValidFile_GivesTheTaggedValues() => EveryValidFile(document => document);

    [TomlSuiteFact]
    public void Write_EveryValidFile_ReadsBackAsTheTaggedValues() =>
        EveryValidFile(document => TomlDocument.Parse(TomlText.Of(document.Root), document.FileName));

    private static void EveryValidFile(Func<TomlDocument, TomlDocument> through)
    {
        List<string> failures = [];
        int count = 0;
        foreach (string file in TomlSuite.Files("valid"))
        {
            count++;
            using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(file, ".json")));
            try
            {
                if (Difference(expected.RootElement, through(TomlDocument.Parse(File.ReadAllBytes(file), file)).Root, "") is { } difference)
                    failures.Add($"{file}: {difference}");
            }
            catch (TomlException e)
            {
                failures.Add(e.Message);
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.InRange(count, 200, int.MaxValue);
    }

    [TomlSuiteFact]
    public void Parse_EveryInvalidFile_IsRejectedWithAPlace()
    {
        List<string> accepted = [];
        int count = 0;
        foreach (string file in TomlSuite.Files("invalid"))
        {
            count++;
            byte[] bytes = File.ReadAllBytes(file);
            try
            {
                TomlDocument.Parse(bytes, file);
                accepted.Add(file);
            }
            catch (TomlException e)
            {
                Assert.InRange(e.Position.Line, 1, bytes.Count(b => b == '\n') + 1);
                Assert.StartsWith($"{file}:{e.Position.Line}:{e.Position.Column}: ", e.Message, StringComparison.Ordinal);
            }
        }
        Assert.True(accepted.Count == 0, string.Join('\n', accepted));
        Assert.InRange(count, 450, int.MaxValue);
    }

    /// <summary>Null: equal. The tagged form is {"type": …, "value": …} for every scalar.</summary>
    private static string? Difference(JsonElement expected, TomlValue actual, string path)
    {
        if (expected.ValueKind == JsonValueKind.Array)
        {
            if (actual is not TomlArray array || array.Items.Count != expected.GetArrayLength()) return $"{path}: not the array {expected}";
            return array.Items.Select((item, i) => Difference(expected[i], item, $"{path}[{i}]")).FirstOrDefault(d => d is not null);
        }
        if (actual is not TomlTable table) return ScalarDifference(expected, actual, path);
        if (table.Entries.Count != expected.EnumerateObject().Count()) return $"{path}: keys {string.Join(',', table.Entries.Keys)} instead of {expected}";
        foreach (JsonProperty property in expected.EnumerateObject())
        {
            if (!table.TryGet(property.Name, out TomlEntry entry)) return $"{path}.{property.Name} is missing";
            if (Difference(property.Value, entry.Value, $"{path}.{property.Name}") is { } difference) return difference;
        }
        return null;
    }

    private static string? ScalarDifference(JsonElement expected, TomlValue actual, string path)
    {
        string type = expected.GetProperty("type").GetString()!;
        string value = expected.GetProperty("value").GetString()!;
        bool equal = (type, actual) switch
        {
            ("string", TomlString s) => s.Value == value,
            ("integer", TomlInteger i) => i.Value == long.Parse(value, CultureInfo.InvariantCulture),
            ("float", TomlFloat f) => SameFloat(f.Value, value),
            ("bool", TomlBoolean b) => b.Value == bool.Parse(value),
            ("datetime", TomlTime { Kind: TomlTimeKind.OffsetDateTime } t) => SameTime(t.Text, value),
            ("datetime-local", TomlTime { Kind: TomlTimeKind.LocalDateTime } t) => SameTime(t.Text, value),
            ("date-local", TomlTime { Kind: TomlTimeKind.LocalDate } t) => t.Text == value,
            ("time-local", TomlTime { Kind: TomlTimeKind.LocalTime } t) =>
                TimeOnly.Parse(t.Text, CultureInfo.InvariantCulture) == TimeOnly.Parse(value, CultureInfo.InvariantCulture),
            _ => false,
        };
        return equal ? null : $"{path}: {actual.TypeName} instead of {type} {value}";
    }

    private static bool SameFloat(double actual, string expected) => expected switch
    {
        "nan" => double.IsNaN(actual),
        "inf" => double.IsPositiveInfinity(actual),
        "-inf" => double.IsNegativeInfinity(actual),
        _ => actual.Equals(double.Parse(expected, CultureInfo.InvariantCulture)),
    };

    private static bool SameTime(string actual, string expected)
    {
        DateTimeOffset a = DateTimeOffset.Parse(actual, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        DateTimeOffset b = DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return a.EqualsExact(b);
    }
}

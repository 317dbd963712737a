using System.Text.Json;
using Beyla.Host.Commands;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Toml;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Configuration;

public class SettingsJsonSchemaTests
{
    private static readonly (string, IReadOnlyList<TracerSetting>)[] Tracers =
        [("t", [new("limit", TracerSettingType.Integer, "1", "A limit."), new("names", TracerSettingType.Texts, "", "Names."), new("on", TracerSettingType.Boolean, "", "")])];

    [TaploFact]
    public void Schema_AnyFileWithoutMistakes_IsAccepted()
    {
        string[] files = [.. Gen.Sample(TomlTrees.Files, 60).Select(TomlText.Of), Example(), "[tracers.t]\nlimit = 3\nnames = ['a']\non = true\nenabled = false\n[tracers.other]\nx = 1",
            "open_port = '${PORT:-80}'\notel_traces_export.insecure = '${YES}'\nlog_level = 'debug'\ndiscovery.services = [{ open_ports = '${A}', exe_path_regexp = 'x' }]"];
        Assert.All(Taplo.Check(files, Tracers), Assert.Empty);
    }

    [TaploFact]
    public void Schema_FilesWithMistakes_AreRefused()
    {
        string[] files =
        [
            "open_prot = 80", "open_port = 65536", "open_port = 'x'", "open_port = [true]", "log_level = 'loud'", "[discovery]\npoll_interval = 5",
            "[discovery]\npoll_interval = '5 days'", "[ebpf]\nwakeup_len = 1", "[[discovery.services]]\nnmae = 'x'", "[discovery.services]\nname = 'x'",
            "[otel_traces_export]\ninsecure = 'yes'", "[otel_traces_export]\nmax_queue_size = 0", "[otel_traces_export]\nheaders = { a = 1 }", "plugins_path = 1",
            "[tracers.t]\nlimit = 'x'", "[tracers.t]\nlimti = 1", "[tracers.t]\nnames = 'a'", "[tracers.x]\nenabled = 'no'", "traces = 1",
        ];
        IReadOnlyList<string> complaints = Taplo.Check(files, Tracers);
        Assert.Empty(files.Where((_, i) => complaints[i].Length == 0));
    }

    [Fact]
    public void Schema_EachSetting_HasDescriptionAndVariables()
    {
        using JsonDocument schema = JsonDocument.Parse(JsonText.Of(json => SettingsJsonSchema.Write(json, Tracers)));
        foreach (Setting setting in KnownSettings.All.Where(s => s.InFile && !s.Key.Contains('<')))
        {
            JsonElement at = schema.RootElement;
            foreach (string part in setting.Key.Split('.'))
            {
                at = at.GetProperty("properties").GetProperty(part.Replace("[]", "", StringComparison.Ordinal));
                if (part.EndsWith("[]", StringComparison.Ordinal)) at = at.GetProperty("items");
            }
            Assert.StartsWith(setting.Description, at.GetProperty("description").GetString(), StringComparison.Ordinal);
            string[] variables = at.TryGetProperty("x-env-var", out JsonElement names) ? [.. names.EnumerateArray().Select(n => n.GetString()!)] : [];
            Assert.Equal(setting.Environment.Select(e => e.Name), variables);
        }
    }

    private static string Example() => File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "configuration.md")).Split("```toml\n")[1].Split("```")[0];
}

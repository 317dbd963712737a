using System.Text;
using Beyla.Host.Configuration.Settings;

namespace Beyla.Host.Tests.Configuration;

public class SettingsDocumentTests
{
    private const string Begin = "<!-- settings: written by BEYLA_UPDATE_DOCS=1 dotnet test tests/Beyla.Host.Tests --filter SettingsDocument -->\n";
    private const string End = "<!-- /settings -->";

    [Fact]
    public void SettingsDocument_Table_IsThatOfKnownSettings()
    {
        string path = Path.Combine(RepositoryFolder.Path, "docs", "configuration.md");
        string document = File.ReadAllText(path);
        int begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = document.IndexOf(End, StringComparison.Ordinal);
        Assert.InRange(begin, Begin.Length, end);
        if (Environment.GetEnvironmentVariable("BEYLA_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, document[..begin] + Render() + document[end..]);
            return;
        }
        Assert.Equal(Render(), document[begin..end]);
    }

    [Fact]
    public void SettingsDocument_ExampleFile_IsValid()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "configuration.md"));
        string example = document.Split("```toml\n")[1].Split("```")[0];
        Assert.Equal("80,8080-8089", new ConfigurationSources { Toml = example }.Options().OpenPort.ToString());
    }

    private static string Render()
    {
        StringBuilder table = new();
        AppendSettings(table);
        AppendRefused(table);
        return table.ToString();
    }

    private static void AppendRefused(StringBuilder table)
    {
        table.Append("\nKeys of the original that are refused:\n\n| key | environment | why |\n|---|---|---|\n");
        foreach (RefusedSetting refused in RefusedSettings.All)
            table.Append($"| {Code(refused.Key)} | {string.Join("<br>", refused.Variables.Select(Code))} | {refused.Why} |\n");
    }

    private static void AppendSettings(StringBuilder table)
    {
        table.Append("| key | environment | flag | type | default | changes | meaning |\n|---|---|---|---|---|---|---|\n");
        foreach (Setting setting in KnownSettings.All)
        {
            string key = setting.InFile ? string.Join("<br>or ", setting.Aliases.Prepend(setting.Key).Select(Code)) : "—";
            string environment = string.Join("<br>", setting.Environment.Select(e => Code(e.Name)));
            string flag = setting.Flag is null ? "" : Code($"{setting.Flag} {setting.Placeholder}") + (setting.Repeatable ? "…" : "");
            string value = setting.DefaultText.Length == 0 ? "" : Code(setting.DefaultText);
            table.Append($"| {key} | {environment} | {flag} | {setting.TypeName.Replace("|", "\\|", StringComparison.Ordinal)} | {value} | {(setting.Live ? "at once" : "")} | {setting.Description} |\n");
        }
    }

    private static string Code(string text) => $"`{text}`";
}

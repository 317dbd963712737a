using System.Text.Json;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Import;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Sources;
using Beyla.Host.Configuration.Toml;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Configuration;

/// <summary>Properties of any configuration without mistakes.</summary>
public class TomlTreesTests
{
    [Fact]
    public void Settings_AllTypes_Appear() => Assert.InRange(TomlTrees.Settings.Count, 30, int.MaxValue);

    [Fact]
    public void Load_AnyFile_ShowsEachValueWithItsPlaceAndAllOthersAsDefaults() => ForAnyFile(tree =>
    {
        BeylaConfiguration configuration = Load(TomlText.Of(tree));
        foreach (Setting setting in TomlTrees.Settings)
        {
            ResolvedSetting shown = configuration.Settings.Single(s => s.Key == setting.Key);
            TomlValue? given = Find(tree, setting.Key);
            Assert.Equal(given is null ? SettingSource.Default : SettingSource.File, shown.Origin.Source);
            if (!setting.IsSecret) Assert.Equal(given is null ? setting.DefaultText : Normal(setting, setting.FromToml(given)), shown.Value ?? "");
        }
        int services = Find(tree, KnownSettings.Services) is TomlArray array ? array.Items.Count : 0;
        Assert.Equal(services, configuration.Options.Discovery.Services.Count);
    });

    [Fact]
    public void Load_AnyFile_MeansTheSameAsItsValuesInVariables() => ForAnyFile(tree =>
    {
        BeylaConfiguration file = Load(TomlText.Of(tree));
        ConfigurationSources sources = new();
        foreach (ResolvedSetting shown in file.Settings)
            if (TomlTrees.Settings.FirstOrDefault(s => s.Key == shown.Key) is { IsSecret: false, Environment: [var variable, ..] } && shown.Value is not null)
                sources.Environment[variable.Name] = shown.Value;
        BeylaConfiguration environment = sources.Load();
        Assert.Empty(sources.Errors);
        Assert.Equal(Values(file).Where(InVariables), Values(environment).Where(InVariables));

        static bool InVariables((string Key, string? Value) shown) => TomlTrees.Settings.Any(s => s.Key == shown.Key && s.Environment.Count > 0 && !s.IsSecret);
    });

    /// <summary>JSON is YAML: a configuration in our own keys comes out of the import as it went in.</summary>
    [Fact]
    public void Import_AnyFileAsYaml_ComesOutAsItWentIn() => ForAnyFile(tree =>
    {
        (TomlTable imported, IReadOnlyList<ImportNote> notes) = ConfigurationImport.Translate(YamlReader.Parse(Json(tree), "a.yml"));
        Assert.Empty(notes);
        Assert.Equal(Values(Load(TomlText.Of(tree))), Values(Load(TomlText.Of(imported))));
    });

    [Fact]
    public void Import_AnyText_GivesAConfigurationOrOneSentence() => Prop.ForAll(
        Gen.Elements("open_port", "discovery", "services", "ebpf", ":", ": ", "\n", "\n  ", "- ", "8080", "'", "\"", "[", "]", "{", "}", ",", "&a ", "*a", "<<", "|", "#", "x", "true", "~")
            .ListOf().Select(string.Concat).ToArbitrary(),
        text =>
        {
            try
            {
                TomlDocument.Parse(TomlText.Of(ConfigurationImport.Translate(YamlReader.Parse(text, "a.yml")).Configuration), "a.toml");
            }
            catch (TomlException e)
            {
                Assert.Matches(@"^a\.yml:\d+:\d+: \S", e.Message);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static void ForAnyFile(Action<TomlTable> holds) => Prop.ForAll(TomlTrees.Files.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static BeylaConfiguration Load(string toml)
    {
        ConfigurationSources sources = new() { Toml = toml };
        BeylaConfiguration configuration = sources.Load();
        Assert.True(sources.Errors.Length == 0, $"{string.Join('\n', sources.Errors)}\n{toml}");
        return configuration;
    }

    private static IEnumerable<(string Key, string? Value)> Values(BeylaConfiguration configuration) =>
        configuration.Settings.Skip(1).Select(s => (s.Key, s.Value)); // without the file's own name

    private static string Normal(Setting setting, string text)
    {
        ConfigurationSources sources = new() { Environment = { [setting.Environment[0].Name] = text } };
        return sources.Load().Settings.Single(s => s.Key == setting.Key).Value!;
    }

    private static TomlValue? Find(TomlTable table, string key)
    {
        TomlValue? value = table;
        foreach (string part in key.Split('.')) value = value is TomlTable inner && inner.TryGet(part, out TomlEntry entry) ? entry.Value : null;
        return value;
    }

    private static string Json(TomlValue value) => value switch
    {
        TomlTable table => $"{{{string.Join(", ", table.Entries.Select(e => $"{JsonSerializer.Serialize(e.Key)}: {Json(e.Value.Value)}"))}}}",
        TomlArray array => $"[{string.Join(", ", array.Items.Select(Json))}]",
        TomlString text => JsonSerializer.Serialize(text.Value),
        _ => value.ToString()!,
    };
}
